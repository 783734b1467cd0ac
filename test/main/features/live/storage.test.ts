/** A watched folder on a hard day: the database is held or the disk full, and the result folder comes and goes. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { fromEngineSchema, type ScoredImage } from '../../../../src/main/engine/protocol.ts'
import type { LaunchEngine } from '../../../../src/main/engine-host/channel.ts'
import { launchStandardEngine } from '../../../../src/main/engine-host/standard-engine.ts'
import { liveState, resumeLive, startLive, stopLive } from '../../../../src/main/features/live/live.ts'
import { startTraining } from '../../../../src/main/features/training/training.ts'
import type { Session } from '../../../../src/main/session/session.ts'
import { openParts, unwrittenParts } from '../../../../src/main/store/live.ts'
import { describeCompiled } from '../../engine/graph/native.ts'
import { playedEngine } from '../../jobs/played-engine.ts'
import { preparedWorkspace, sessionOn } from '../line.ts'
import { tinyTraining } from '../line-training.ts'
import { cameraFolder, drop, ended, judged, lines, names } from './camera.ts'

/** The database as a backup program holds it that is at work for hours. @returns what ends it */
function heldDatabase({ workspace }: Session): () => void {
  // No test waits for the ten seconds in which a lock may pass.
  workspace.db.pragma('busy_timeout = 1')
  const other = new Sqlite(workspace.paths.database)
  other.exec('BEGIN IMMEDIATE')
  const release = (): void => {
    if (other.inTransaction) other.exec('ROLLBACK')
    other.close()
  }
  onTestFinished(release)
  return release
}

const pagesSchema = z.tuple([z.object({ page_count: z.int() })])

/** A disk that takes nothing more of the database. @returns what frees space */
function fullDisk({ workspace: { db } }: Session): () => void {
  const [{ page_count: pages }] = pagesSchema.parse(db.pragma('page_count'))
  db.pragma(`max_page_count = ${pages}`)
  return () => void db.pragma('max_page_count = 1000000000')
}

/** The real engine, whose answers a test may change on their way. */
const answeringEngine =
  (change: (message: unknown) => unknown): LaunchEngine =>
  (onOutput) => {
    const channel = launchStandardEngine(onOutput)
    return {
      get pid() {
        return channel.pid
      },
      send: (message) => channel.send(message),
      onMessage: (listener) => channel.onMessage((message) => listener(change(message))),
      onExit: (listener) => channel.onExit(listener),
      kill: () => channel.kill(),
    }
  }

/** Scores that lack a component. */
const withoutOne = (row: ScoredImage): ScoredImage => ({ ...row, components: row.components.slice(1) })

const settled = { timeout: 60_000, interval: 50 }

describeCompiled('a watched folder', () => {
  const prepared = preparedWorkspace(async (session) => {
    const { job, run } = await startTraining(session, tinyTraining({}))
    await session.jobs.ended(job)
    return run
  })
  const begun = async (parts: number) => {
    const { dir, told: run } = prepared()
    const folder = cameraFolder()
    const session = sessionOn(dir)
    startLive(session, { folder, run, results: null })
    await drop(folder, 0, parts)
    await judged(session, parts)
    const results = liveState(session).watch?.resultFolder ?? ''
    return { dir, folder, session, results }
  }

  it.each([
    ['the database is held by others', heldDatabase, 'workspace-busy'],
    ['the disk is full', fullDisk, 'disk-full'],
  ] as const)(
    'goes on while %s: says so at once, and judges all parts once it is over',
    async (_, fail, code) => {
      const { folder, session } = await begun(2)
      const mend = fail(session)
      await drop(folder, 2, 30)
      await expect.poll(() => liveState(session).storage?.code, settled).toBe(code)
      expect(liveState(session)).toMatchObject({ watch: { active: true }, problem: null })
      expect(liveState(session).job).not.toBeNull()
      mend()
      await judged(session, 30)
      await expect.poll(() => liveState(session).storage, settled).toBeNull()
      await ended(session)
      expect((await lines(session)).sort()).toEqual(names(30))
    },
  )

  it('can be ended, and Fanoscope closed, while the database is held', async () => {
    const { dir, session } = await begun(1)
    const release = heldDatabase(session)
    stopLive(session)
    await expect.poll(() => liveState(session).storage?.code, settled).toBe('workspace-busy')
    await session.close()
    release()
    const next = sessionOn(dir)
    expect(next.jobs.list({ active: false })[0]?.state).toBe('interrupted')
  })

  it('that was ended while the database was held is not watched again', async () => {
    const { dir, session } = await begun(1)
    const release = heldDatabase(session)
    const job = liveState(session).job ?? ''
    stopLive(session)
    release()
    await session.jobs.ended(job)
    await session.close()
    const next = sessionOn(dir)
    resumeLive(next)
    expect(liveState(next)).toMatchObject({ job: null, watch: { active: false } })
  })

  it('writes the results that it could not write as soon as it can, each once', async () => {
    const { folder, session, results } = await begun(2)
    await expect.poll(() => existsSync(join(results, 'results.csv'))).toBe(true)
    rmSync(results, { recursive: true })
    writeFileSync(results, 'a file in the place of the folder')
    await drop(folder, 2, 6)
    await judged(session, 6)
    await expect.poll(() => liveState(session).results, settled).not.toBeNull()
    expect(liveState(session)).toMatchObject({ arrived: 6, waiting: 0, storage: null })
    rmSync(results)
    await expect.poll(() => liveState(session).results, settled).toBeNull()
    expect((await lines(session)).sort()).toEqual(names(6))
    expect(unwrittenParts(session.workspace.db, liveState(session).watch?.id ?? '')).toEqual([])
    await ended(session)
  })

  it('writes the whole table again, with its head, where its folder was removed', async () => {
    const { folder, session, results } = await begun(3)
    const table = join(results, 'results.csv')
    await expect.poll(async () => existsSync(table) && (await lines(session)).length, settled).toBe(3)
    rmSync(results, { recursive: true })
    await drop(folder, 3, 4)
    await judged(session, 4)
    await ended(session)
    expect(readFileSync(table, 'utf8').split(',')[0]).toBe('\ufefffile')
    expect((await lines(session)).sort()).toEqual(names(4))
  })

  it('refuses a part whose row is damaged, and judges those that came after it', async () => {
    const { dir, told: run } = prepared()
    const folder = cameraFolder()
    // An engine that never answers: all parts are taken in and wait.
    const first = sessionOn(dir, playedEngine().launch)
    startLive(first, { folder, run, results: null })
    await drop(folder, 0, 4)
    const watch = liveState(first).watch?.id ?? ''
    const waiting = (): number[] => openParts(first.workspace.db, watch).flatMap(({ image }) => image ?? [])
    await expect.poll(waiting, settled).toHaveLength(4)
    const [oldest = 0] = waiting()
    first.workspace.db.run("UPDATE image SET warnings = '{}' WHERE id = $oldest", { oldest })
    await first.close()

    const session = sessionOn(dir)
    resumeLive(session)
    await drop(folder, 4, 6)
    await judged(session, 6)
    await ended(session)
    const { parts, refused } = liveState(session)
    expect(refused).toBe(1)
    expect(parts.find(({ verdict }) => verdict === 'refused')).toMatchObject({
      image: oldest,
      reason: { code: 'row-unreadable' },
    })
    expect((await lines(session)).sort()).toEqual(names(6))
  })

  it('refuses a part whose scores can never be stored, and judges those that were scored with it', async () => {
    const { dir, told: run } = prepared()
    const folder = cameraFolder()
    let spoiled: number | null = null
    const session = sessionOn(
      dir,
      answeringEngine((message) => {
        const answer = fromEngineSchema.parse(message)
        if (answer.type !== 'scored') return answer
        spoiled ??= answer.rows[0]?.image ?? null
        return { ...answer, rows: answer.rows.map((row) => (row.image === spoiled ? withoutOne(row) : row)) }
      }),
    )
    startLive(session, { folder, run, results: null })
    await drop(folder, 0, 6)
    await judged(session, 6)
    await ended(session)
    const { parts, refused } = liveState(session)
    expect(refused).toBe(1)
    expect(parts.find(({ verdict }) => verdict === 'refused')?.image).toBe(spoiled)
    expect((await lines(session)).sort()).toEqual(names(6))
  })
})
