/** Damaged bytes in every kind of file: opening says so, or `verify` names the file, or nothing was lost. */
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import Sqlite from 'better-sqlite3'
import { z } from 'zod'
import type { Random } from '../../../src/main/platform/random.ts'
import { decide, noDecisions, problemsOf, signIn } from '../health.ts'
import { type Place, pick, type Trial } from '../place.ts'

/** Kinds of files, by where they lie in the workspace. */
const kinds = {
  photograph: /^images\/..\/[^/]+$/,
  weights: /^runs\/[^/]+\/model\/.*\.safetensors$/,
  description: /^runs\/[^/]+\/(?:model\/model|images)\.json$/,
  map: /^runs\/[^/]+\/(?:maps|reconstructions)\//,
  checkpoint: /^runs\/[^/]+\/checkpoints\/.*\.safetensors$/,
  database: /^fanoscope\.db$/,
  journal: /^fanoscope\.db-(?:wal|shm)$/,
  heads: /^audit-heads$/,
  owner: /^owner\./,
} as const
/** Those whose every byte `verify` must watch. */
const hashed = new Set<string>(['photograph', 'weights', 'description', 'map', 'checkpoint'])

const filesOf = (dir: string): string[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort()

/** Changes the bytes, and says how. */
function damage(file: string, random: Random): string {
  const bytes = readFileSync(file)
  const at = random.int(Math.max(1, bytes.length))
  const how = pick(random, ['one byte', 'one byte', 'a page of zeros', 'cut', 'empty', 'gone'] as const)
  if (how === 'gone') rmSync(file)
  else if (how === 'empty') writeFileSync(file, '')
  else if (how === 'cut') writeFileSync(file, bytes.subarray(0, at))
  else {
    const changed = Buffer.from(bytes)
    if (how === 'one byte') changed[at] = (changed[at] ?? 0) ^ (1 + random.int(255))
    else changed.fill(0, at - (at % 4096), Math.min(bytes.length, at - (at % 4096) + 4096))
    writeFileSync(file, changed)
    if (changed.equals(bytes)) return 'nothing'
  }
  return `${how} at ${at} of ${bytes.length}`
}

/** What an operator would miss, table by table; opening adds to the others. */
const keptTables = ['image', 'blob', 'run', 'score', 'decision', 'operator', 'dataset']
const tableNames = z.array(z.object({ name: z.string() }))

/** Of a copy, since reading a database changes its files; null where it cannot be read. */
function content(dir: string, scratch: string): string | null {
  const copy = join(scratch, 'read')
  rmSync(copy, { recursive: true, force: true })
  mkdirSync(copy, { recursive: true })
  for (const name of ['fanoscope.db', 'fanoscope.db-wal']) {
    if (existsSync(join(dir, name))) cpSync(join(dir, name), join(copy, name))
  }
  const hash = createHash('sha256')
  try {
    const db = new Sqlite(join(copy, 'fanoscope.db'))
    try {
      const there = new Set(
        tableNames.parse(db.prepare('SELECT name FROM sqlite_schema').all()).map(({ name }) => name),
      )
      for (const table of keptTables) {
        hash.update(table)
        if (there.has(table))
          for (const row of db.prepare(`SELECT * FROM ${table} NOT INDEXED`).iterate())
            hash.update(JSON.stringify(row))
      }
    } finally {
      db.close()
    }
  } catch {
    return null
  }
  return hash.digest('hex')
}

async function damageOnce(place: Place): Promise<void> {
  const { random, workspace } = place
  rmSync(workspace, { recursive: true, force: true })
  cpSync(join(place.prepared.folder, 'workspace'), workspace, { recursive: true })
  const decided = noDecisions()
  // A power cut leaves a journal.
  const before = await place.start()
  await signIn(before)
  for (let i = 0; i < 5; i += 1) await decide(before, place, decided)
  await before.kill()

  const kind = pick(random, [...Object.keys(kinds), 'database', 'journal', 'settings'])
  const [, pattern] = Object.entries(kinds).find(([name]) => name === kind) ?? []
  const settings = join(place.folder, 'state.json')
  const files = pattern === undefined ? [] : filesOf(workspace).filter((file) => pattern.test(file))
  const file = kind === 'settings' || files.length === 0 ? null : pick(random, files)
  const whole = content(workspace, place.folder)
  const how = damage(file === null ? settings : join(workspace, file), random)
  place.say(`${file === null ? 'settings' : kind}, ${file ?? ''} ${how}`)
  if (how === 'nothing') return
  const lost = content(workspace, place.folder) !== whole

  const station = await place.start({ workspace: null })
  const opened = await station.ask('workspace.open', { dir: workspace })
  if (opened.ok) {
    await station.ask('job.list', { active: false })
    await station.ask('review.queue', { run: place.prepared.run, limit: 500 })
    const problems = await problemsOf(station)
    const named = problems.some((problem) => file !== null && problem.file.endsWith(file))
    // The run is trained: nothing needs its checkpoints, and one that a person removed is no damage.
    const isNeeded = kind !== 'checkpoint' || !how.startsWith('gone')
    if (hashed.has(kind) && isNeeded && file !== null && !named)
      place.find(`verify does not name ${file} (${how})`)
    const isTold = opened.value.lost !== null || problems.length > 0
    if (lost && !isTold) place.find(`rows of the database are changed (${kind}, ${how}) and nobody is told`)
  } else if (file === null || hashed.has(kind)) {
    place.find(`does not open: ${JSON.stringify(opened.failure).slice(0, 300)}`)
  }
  await station.end()
}

export const damaged: Trial = {
  what: 'damaged bytes in every kind of file',
  each: 4,
  async run(place, count) {
    for (let i = 0; i < count; i += 1) await damageOnce(place)
  },
}
