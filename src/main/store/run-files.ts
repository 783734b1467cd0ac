/** Checks the files of runs: each by the digest that it has inside, or by the one that is kept of it. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import type { Param } from '../../shared/messages/message.ts'
import { type Id, sha256Schema } from '../../shared/values.ts'
import { withBytes } from '../images/byte-source.ts'
import { checkPng } from '../images/png-structure.ts'
import { readTensors } from '../model/safetensors.ts'
import type { Database } from './database.ts'

/** Files of a trained run in JSON, which have no digest inside. */
const described = ['model/model.json', 'images.json'] as const

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Keeps the digests of a run's descriptions, when it is trained. */
export function keepRunFiles(db: Database, run: Id): void {
  for (const file of described) {
    const path = join(dirname(db.copyOf ?? db.file), 'runs', run, file)
    if (!existsSync(path)) continue
    db.run(
      `INSERT INTO run_file (run_id, file, sha256) VALUES ($run, $file, $sha256)
       ON CONFLICT (run_id, file) DO UPDATE SET sha256 = excluded.sha256`,
      { run, file, sha256: digest(readFileSync(path)) },
    )
  }
}

/** The files of a run whose digests were kept, relative to its folder. */
export const keptRunFiles = (db: Database, run: Id): string[] =>
  db
    .all(z.object({ file: z.string() }), 'SELECT file FROM run_file WHERE run_id = $run ORDER BY file', {
      run,
    })
    .map(({ file }) => file)

/** What is wrong with a file of a run; null where nothing is. Rejects with why it cannot be read. */
export type FileCheck = () => Promise<Param | null>

/** Each file of a run that can be checked, relative to its folder. Throws where that cannot be listed. */
export function runFileChecks(db: Database, folder: string, run: Id): { file: string; check: FileCheck }[] {
  const kept = db.all(
    z.object({ file: z.string(), sha256: sha256Schema }),
    'SELECT file, sha256 FROM run_file WHERE run_id = $run ORDER BY file',
    { run },
  )
  const within = (sub: string, ending: string): string[] => {
    const path = join(folder, sub)
    if (!existsSync(path)) return []
    return readdirSync(path)
      .filter((name) => name.endsWith(ending) && !name.startsWith('.'))
      .map((name) => `${sub}/${name}`)
  }
  const tensors = [...within('model', '.safetensors'), ...within('checkpoints', '.safetensors')]
  const pictures = [...within('maps', '.png'), ...within('reconstructions', '.png')]
  return [
    ...kept.flatMap(({ file, sha256 }) =>
      // One that is missing is named by itself.
      existsSync(join(folder, file)) ? [{ file, check: () => bySha256(join(folder, file), sha256) }] : [],
    ),
    ...tensors.map((file) => ({ file, check: () => byOwnDigest(join(folder, file)) })),
    ...pictures.map((file) => ({ file, check: () => byChecksums(join(folder, file)) })),
  ]
}

async function bySha256(path: string, sha256: string): Promise<Param | null> {
  return digest(await readFile(path)) === sha256 ? null : 'SHA-256'
}

async function byOwnDigest(path: string): Promise<Param | null> {
  await readTensors(path)
  return null
}

const signature = Buffer.from('89504e470d0a1a0a', 'hex')

/** Maps and reconstructions are PNG files of ours: every part has a checksum, and none is more than needed. */
async function byChecksums(path: string): Promise<Param | null> {
  const bytes = await readFile(path)
  const { leftOut } = withBytes(bytes, checkPng)
  return bytes.subarray(0, 8).equals(signature) && leftOut.length === 0 ? null : 'CRC'
}
