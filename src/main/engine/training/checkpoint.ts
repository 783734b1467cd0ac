/**
 * A checkpoint is one safetensors file. It has all variables of a program (weights, optimizer slots, averages) and,
 * in its metadata, the position of the training. It counts only if its digest is right; a damaged one is reported,
 * and the one before it is used.
 */
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Failure, reasonOf } from '../../../shared/failure.ts'
import { readTensors, type TensorMap, writeTensors } from '../../model/safetensors.ts'

export interface Checkpoint {
  tensors: TensorMap
  /** What the training needs besides tensors, as JSON. */
  state: unknown
}

const pattern = /^(\d{9})\.safetensors$/

const fileName = (order: number): string => `${String(order).padStart(9, '0')}.safetensors`

/** Files of a run's checkpoints, newest first. */
export function listCheckpoints(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => pattern.test(name))
      .sort()
      .reverse()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

/**
 * Writes a checkpoint durably and removes all but the newest `keep` and the one with the order `also`. `order`
 * increases over the whole training.
 */
export async function writeCheckpoint(
  folder: string,
  order: number,
  checkpoint: Checkpoint,
  { keep = 2, also = null }: { keep?: number; also?: number | null } = {},
): Promise<string> {
  const name = fileName(order)
  await writeTensors(join(folder, name), checkpoint.tensors, { state: JSON.stringify(checkpoint.state) })
  const kept = also === null ? null : fileName(also)
  for (const old of listCheckpoints(folder).slice(keep)) {
    if (old !== kept) rmSync(join(folder, old), { force: true })
  }
  return name
}

/** Removes the checkpoints of a higher order. */
export function dropCheckpointsAfter(folder: string, order: number): void {
  for (const name of listCheckpoints(folder)) {
    if (Number.parseInt(name, 10) > order) rmSync(join(folder, name), { force: true })
  }
}

async function readWhole(folder: string, name: string): Promise<Checkpoint> {
  const { tensors, metadata } = await readTensors(join(folder, name))
  if (metadata.state === undefined) throw new Error('it holds no training state')
  return { tensors, state: JSON.parse(metadata.state) }
}

/** The checkpoint of an order. Throws a Failure `checkpoint-corrupt` when it cannot be read. */
export async function readCheckpoint(folder: string, order: number): Promise<Checkpoint> {
  try {
    return await readWhole(folder, fileName(order))
  } catch (cause) {
    throw new Failure(
      'checkpoint-corrupt',
      { file: join(folder, fileName(order)), reason: reasonOf(cause) },
      { cause },
    )
  }
}

/**
 * The newest checkpoint that is whole, or null when there is none at all.
 * Throws a Failure `checkpoint-corrupt` when there are checkpoints and none is whole.
 */
export async function readNewestCheckpoint(
  folder: string,
  notice: (message: string) => void,
): Promise<Checkpoint | null> {
  const names = listCheckpoints(folder)
  const damage: string[] = []
  for (const name of names) {
    try {
      return await readWhole(folder, name)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      notice(`The checkpoint ${name} is damaged (${why}) and was passed over.`)
      damage.push(`${name} (${why})`)
    }
  }
  if (names.length === 0) return null
  throw new Failure('checkpoint-corrupt', { case: 'none', folder, damage })
}
