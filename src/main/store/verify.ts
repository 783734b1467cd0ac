import { type Dirent, existsSync, statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import PQueue from 'p-queue'
import { z } from 'zod'
import { Failure, reasonOf } from '../../shared/failure.ts'
import { imageFormatSchema } from '../../shared/image.ts'
import { inside, type Params } from '../../shared/messages/message.ts'
import { runStateSchema } from '../../shared/run.ts'
import { sha256Schema } from '../../shared/values.ts'
import type { Problem, VerifyReport } from '../../shared/workspace.ts'
import { temporaryPrefix } from '../platform/durable-file.ts'
import { checkAudit } from './audit-check.ts'
import { blobFile, hashFile } from './blob-store.ts'
import { labelFaults } from './label-faults.ts'
import { damagedRows } from './row-sums.ts'
import { keptRunFiles, runFileChecks } from './run-files.ts'
import { runFolder } from './runs.ts'
import type { Workspace } from './workspace.ts'

export interface VerifyOptions {
  signal?: AbortSignal
  /** Progress in bytes of originals. */
  onProgress?: (progress: { done: number; total: number }) => void
}

/** What was drawn, for each mask that was made from it: the file of its photograph, by the mask's SHA-256. */
function drawnMasks({ db }: Workspace): ReadonlyMap<string, string> {
  const rows = db.all(
    z.object({ sha256: sha256Schema, photograph: z.string() }),
    `SELECT mask_sha256 AS sha256, file AS photograph FROM image JOIN annotation ON annotation.image_id = image.id
     WHERE mask_sha256 IS NOT NULL`,
    {},
  )
  return new Map(rows.map(({ sha256, photograph }) => [sha256, photograph]))
}

const blobPageRow = z.object({ sha256: sha256Schema, format: imageFormatSchema, bytes: z.int() })
const pageSize = 500

/** A path as reports show it: relative, with forward slashes. */
const shown = (root: string, path: string): string => relative(root, path).split(sep).join('/')

/**
 * Checks a whole workspace: the database and its references, the bytes of every original against its SHA-256, the
 * files of runs and scores, and files that no row names. Changes nothing. It takes long, so it is run in a thread.
 *
 * @throws Failure `cancelled`
 */
export async function verifyWorkspace(
  workspace: Workspace,
  options: VerifyOptions = {},
): Promise<VerifyReport> {
  const { db, dir, paths } = workspace
  const started = performance.now()
  const problems: Problem[] = []
  const report: Report = (code, file, params = {}) => {
    problems.push({ code, file, params })
  }
  const checkCancelled = (): void => {
    if (options.signal?.aborted) {
      throw new Failure('cancelled', { case: 'check' })
    }
  }

  checkDatabase(workspace, report)
  // Rows and their sums as they are at one moment: others may be writing.
  const damaged = await db.snapshot(async () => [...damagedRows(db)])
  for (const { table, row } of damaged) report('row-changed', 'fanoscope.db', { table, row })
  for (const { image, file, what } of labelFaults(db)) {
    report('label-unreadable', 'fanoscope.db', { case: what, image, file })
  }
  const audit = await checkAudit(db)
  for (const found of audit.breaks) report('audit-changed', 'fanoscope.db', { what: inside('reason', found) })
  for (const { code, params } of audit.replay.differences) {
    report('audit-differs', 'fanoscope.db', { what: inside('reason', { code, params }) })
  }

  const sums = db.get(
    z.object({ images: z.int(), bytes: z.int(), files: z.int() }),
    `SELECT (SELECT count(*) FROM image WHERE removed_at IS NULL) AS images,
       (SELECT coalesce(sum(bytes), 0) FROM blob WHERE discarded_at IS NULL) AS bytes,
       (SELECT count(*) FROM blob WHERE discarded_at IS NULL) AS files`,
  ) ?? { images: 0, bytes: 0, files: 0 }

  let done = 0
  const tell = (bytes: number): void => {
    done += bytes
    options.onProgress?.({ done, total: sums.bytes })
  }
  // Several at once: a disk answers them faster together, and hashing takes a processor each.
  const reading = new PQueue({ concurrency: filesAtOnce })
  const drawn = drawnMasks(workspace)
  for (let after = ''; ; ) {
    const page = db.all(
      blobPageRow,
      `SELECT sha256, format, bytes FROM blob WHERE sha256 > $after AND discarded_at IS NULL
       ORDER BY sha256 LIMIT $pageSize`,
      { after, pageSize },
    )
    for (const { sha256, format, bytes } of page) {
      checkCancelled()
      void reading.add(async () => {
        const path = workspace.blobs.path(sha256, format)
        const photograph = drawn.get(sha256)
        const reportFile: Report =
          photograph === undefined
            ? report
            : (code, file) =>
                report('mask-damaged', file, {
                  ...(code === 'file-missing' ? { case: 'missing' } : {}),
                  photograph,
                })
        await checkOriginal(path, blobFile(sha256, format), { sha256, bytes }, reportFile)
        tell(bytes)
      })
      await reading.onSizeLessThan(filesAtOnce)
    }
    await reading.onIdle()
    const last = page.at(-1)
    if (!last) break
    after = last.sha256
  }

  await checkNames(workspace, report)
  checkCancelled()
  checkScores(workspace, report)
  await checkRuns(workspace, report)
  await checkRunFiles(workspace, report, checkCancelled)
  for (const folder of [paths.images, paths.runs]) await checkTemporary(dir, folder, report)

  return {
    workspace: dir,
    // What a process that ended left is in nobody's way.
    ok: problems.every(({ code }) => code === 'temporary-file'),
    images: sums.images,
    files: sums.files,
    bytes: sums.bytes,
    problems,
    seconds: (performance.now() - started) / 1000,
  }
}

/** @param params of the entry `problem.<code>` in the locale files */
type Report = (code: Problem['code'], file: string, params?: Params) => void

function checkDatabase({ db }: Workspace, report: Report): void {
  const integrity = z
    .array(z.object({ integrity_check: z.string() }))
    .parse(db.pragma('integrity_check(100)'))
  for (const { integrity_check: text } of integrity) {
    if (text !== 'ok') report('database-damaged', 'fanoscope.db', { words: text })
  }
  const orphans = z
    .array(z.object({ table: z.string(), rowid: z.int().nullable(), parent: z.string() }))
    .parse(db.pragma('foreign_key_check'))
  for (const { table, rowid, parent } of orphans) {
    const row = rowid === null ? { case: 'no-number' } : { row: rowid }
    report('row-without-parent', 'fanoscope.db', { ...row, table, parent })
  }
}

async function checkOriginal(
  path: string,
  file: string,
  expected: { sha256: string; bytes: number },
  report: Report,
): Promise<void> {
  try {
    if (!existsSync(path)) {
      report('file-missing', file)
      return
    }
    const { size } = statSync(path)
    if (size !== expected.bytes) {
      report('file-changed', file, { case: 'size', bytes: size, expected: expected.bytes })
      return
    }
    if ((await hashFile(path)) !== expected.sha256) {
      report('file-changed', file)
    }
  } catch (error) {
    report('file-unreadable', file, { words: reasonOf(error) })
  }
}

/** What is in a folder of the workspace; nothing, and a problem, where it cannot be read. */
async function listed(dir: string, folder: string, report: Report): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true })
  } catch (error) {
    report('file-unreadable', shown(dir, folder), { words: reasonOf(error) })
    return []
  }
}

/** So many unknown files may lie in any workspace. */
const mostStray = 3

/** Files under images/ that no row names. */
async function checkNames({ db, dir, paths }: Workspace, report: Report): Promise<void> {
  const unknown: string[] = []
  let known = 0
  for (const folder of await listed(dir, paths.images, report)) {
    if (folder.name === 'staging') continue
    const inside = folder.isDirectory()
      ? (await listed(dir, join(paths.images, folder.name), report)).map(({ name }) => name)
      : ['']
    for (const name of inside) {
      if (name.startsWith(temporaryPrefix)) continue
      const path = join(paths.images, folder.name, name)
      const row = db.get(
        z.object({ format: imageFormatSchema }),
        'SELECT format FROM blob WHERE sha256 = $sha256 AND discarded_at IS NULL',
        {
          sha256: name.split('.')[0] ?? '',
        },
      )
      const file = shown(dir, path)
      if (row && blobFile(name.split('.')[0] ?? '', row.format) === file) known += 1
      else unknown.push(file)
    }
  }
  // Where the database does not know most of the files, it is the database that is wrong, not the files.
  const isLost = unknown.length > Math.max(mostStray, known)
  for (const file of unknown) {
    report('file-not-in-database', file, isLost ? { case: 'mostly', count: unknown.length } : {})
  }
}

function checkScores(workspace: Workspace, report: Report): void {
  const rows = workspace.db.iterate(
    z.object({
      runId: z.string(),
      imageId: z.int(),
      mapFile: z.string().nullable(),
      picture: z.string().nullable(),
    }),
    `SELECT run_id AS runId, image_id AS imageId, map_file AS mapFile, reconstruction_file AS picture FROM score
     WHERE map_file IS NOT NULL OR reconstruction_file IS NOT NULL`,
  )
  for (const { runId, imageId, mapFile, picture } of rows) {
    for (const file of [mapFile, picture]) {
      if (file !== null && !existsSync(workspace.path(file))) {
        report('map-missing', file, { image: imageId, run: runId })
      }
    }
  }
}

/** Files that are read at the same time. */
const filesAtOnce = 4

/** The content of every file of every run, by its digest. */
async function checkRunFiles(
  { db, dir }: Workspace,
  report: Report,
  checkCancelled: () => void,
): Promise<void> {
  const reading = new PQueue({ concurrency: filesAtOnce })
  const checksOf = (id: string): ReturnType<typeof runFileChecks> => {
    try {
      return runFileChecks(db, join(dir, runFolder(id)), id)
    } catch (error) {
      report('file-unreadable', runFolder(id), { words: reasonOf(error) })
      return []
    }
  }
  for (const { id } of db.all(z.object({ id: z.string() }), 'SELECT id FROM run WHERE cleared_at IS NULL')) {
    for (const { file, check } of checksOf(id)) {
      checkCancelled()
      void reading.add(async () => {
        const found = await check().catch(reasonOf)
        if (found !== null) report('run-file-changed', `${runFolder(id)}/${file}`, { run: id, words: found })
      })
      await reading.onSizeLessThan(filesAtOnce)
    }
  }
  await reading.onIdle()
}

/** The files that a trained run needs for scoring. */
const modelFiles = ['model/model.json', 'model/weights.safetensors']

async function checkRuns({ db, dir, paths }: Workspace, report: Report): Promise<void> {
  const runs = db.all(
    z.object({ id: z.string(), state: runStateSchema, cleared: z.int().nullable() }),
    'SELECT id, state, cleared_at AS cleared FROM run',
  )
  for (const { id, state, cleared } of runs) {
    if (state !== 'trained' || cleared !== null) continue
    for (const file of new Set([...modelFiles, ...keptRunFiles(db, id)])) {
      if (!existsSync(join(dir, runFolder(id), file))) {
        report('checkpoint-missing', `${runFolder(id)}/${file}`, { run: id })
      }
    }
  }
  const known = new Set(runs.map(({ id }) => id))
  const unknown = (await listed(dir, paths.runs, report))
    .map(({ name }) => name)
    .filter((name) => !known.has(name))
  const isLost = unknown.length > Math.max(mostStray, known.size)
  for (const name of unknown) {
    report(
      'file-not-in-database',
      `runs/${name}`,
      isLost ? { case: 'mostly', count: unknown.length } : { case: 'run-folder' },
    )
  }
}

async function checkTemporary(dir: string, folder: string, report: Report): Promise<void> {
  for (const entry of await listed(dir, folder, report)) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await checkTemporary(dir, path, report)
    else if (entry.name.startsWith(temporaryPrefix) || path.includes(`${sep}staging${sep}`)) {
      report('temporary-file', shown(dir, path))
    }
  }
}
