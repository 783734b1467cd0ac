/**
 * Which program fills which folder with photographs. It is kept in the account of this computer and not in a workspace,
 * and only the command line writes it: a workspace that comes from elsewhere, or a window, cannot name a program to run.
 */
import { mkdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { z } from 'zod'
import { Failure, reasonOf } from '../../../shared/failure.ts'
import { replaceFile } from '../../platform/durable-file.ts'
import { stateFile } from '../../platform/preferences.ts'

export const grabberSchema = z.object({
  /** Absolute path of the folder that it fills. */
  folder: z.string().min(1),
  /** A program by its path, or by its name where PATH finds it. */
  program: z.string().min(1),
  /** Given as they are, without a shell; `{folder}` stands for the folder. */
  arguments: z.array(z.string()),
})
export type Grabber = z.infer<typeof grabberSchema>

const listSchema = z.object({ grabbers: z.array(grabberSchema) })

const listFile = (environment: NodeJS.ProcessEnv): string =>
  join(dirname(stateFile(environment)), 'grabbers.json')

/** @throws Failure `grabbers-unreadable` where the file is there and is not what this program wrote */
export function listGrabbers(environment: NodeJS.ProcessEnv = process.env): Grabber[] {
  const file = listFile(environment)
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw new Failure('grabbers-unreadable', { file, reason: reasonOf(error) }, { cause: error })
  }
  try {
    return listSchema.parse(JSON.parse(text)).grabbers
  } catch (cause) {
    throw new Failure('grabbers-unreadable', { file, reason: 'JSON' }, { cause })
  }
}

export const grabberOf = (folder: string, environment?: NodeJS.ProcessEnv): Grabber | null =>
  listGrabbers(environment).find((grabber) => grabber.folder === resolve(folder)) ?? null

/** Puts a grabber in the place of the one that fills the same folder. */
export async function setGrabber(grabber: Grabber, environment?: NodeJS.ProcessEnv): Promise<void> {
  const folder = resolve(grabber.folder)
  const others = listGrabbers(environment).filter((other) => other.folder !== folder)
  await writeList([...others, { ...grabber, folder }], environment)
}

/** @returns whether there was one */
export async function removeGrabber(folder: string, environment?: NodeJS.ProcessEnv): Promise<boolean> {
  const before = listGrabbers(environment)
  const after = before.filter((grabber) => grabber.folder !== resolve(folder))
  if (after.length === before.length) return false
  await writeList(after, environment)
  return true
}

async function writeList(grabbers: Grabber[], environment = process.env): Promise<void> {
  const file = listFile(environment)
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  await replaceFile(file, `${JSON.stringify({ grabbers }, null, 2)}\n`)
}
