/** A watched folder on the command line, with the real engine. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { liveState, startLive } from '../../../src/main/features/live/live.ts'
import { startTraining } from '../../../src/main/features/training/training.ts'
import { describeCompiled } from '../engine/graph/native.ts'
import { preparedWorkspace, sessionOn } from '../features/line.ts'
import { tinyTraining } from '../features/line-training.ts'
import { cameraFolder, drop, judged, lines, names } from '../features/live/camera.ts'
import { documents } from './documents.ts'
import { cannotInterrupt, fanoscope, interruptAt } from './fanoscope.ts'

const documentSchema = z.object({
  folder: z.string(),
  run: z.string(),
  learnedFrom: z.string(),
  watching: z.boolean(),
  arrived: z.int(),
  good: z.int(),
  flagged: z.int(),
  refused: z.int(),
  waiting: z.int(),
  unfinished: z.array(z.string()),
  parts: z.array(z.object({ file: z.string(), verdict: z.string(), reason: z.string().nullable() })),
})

/** The numbers of the processes that a process has started. */
const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)

describeCompiled('a watched folder on the command line', () => {
  const prepared = preparedWorkspace(async (session) => {
    const { job, run } = await startTraining(session, tinyTraining({}))
    await session.jobs.ended(job)
    return run
  })
  const trained = () => {
    const { dir, told: run } = prepared()
    return { dir, run, folder: cameraFolder() }
  }

  it('is judged until nothing more comes, and goes on with the same folder the next time', async () => {
    const { dir, run, folder } = trained()
    await drop(folder, 0, 3)
    writeFileSync(join(folder, 'broken.png'), 'no photograph')
    const inWorkspace = ['--until-quiet', '2', '--workspace', dir, '--json']
    const first = await fanoscope(['live', folder, '--run', run, ...inWorkspace])
    expect(first.code).toBe(0)
    expect(documentSchema.parse(first.document())).toMatchObject({
      folder,
      run,
      learnedFrom: 'parts',
      watching: false,
      arrived: 4,
      refused: 1,
      waiting: 0,
      unfinished: [],
    })
    await drop(folder, 3, 5)
    const second = await fanoscope(['live', ...inWorkspace])
    expect(documentSchema.parse(second.document())).toMatchObject({ folder, run, arrived: 6 })
    const session = sessionOn(dir)
    expect((await lines(session)).sort()).toEqual([...names(5), 'broken.png'].sort())
  })

  it('is judged at all inspection points, or at the one that is named', async () => {
    const { dir, run, folder: line } = trained()
    const top = cameraFolder()
    await drop(line, 0, 2)
    await drop(top, 5, 8)
    const inWorkspace = ['--workspace', dir, '--json']
    const first = await fanoscope(['live', line, '--run', run, '--until-quiet', '1', ...inWorkspace])
    expect(first.document()).toMatchObject({ point: 'line', arrived: 2 })
    const unknown = await fanoscope(['live', top, '--point', 'top', '--run', run, ...inWorkspace])
    expect(unknown.document()).toMatchObject({ error: { code: 'inspection-unknown' } })
    const added = await fanoscope(['points', '--add', 'top', '--most-waiting', 'never', ...inWorkspace])
    expect(added.document()).toMatchObject({ points: [{ name: 'line' }, { name: 'top', mostWaiting: null }] })
    const one = ['live', top, '--point', 'top', '--run', run, '--until-quiet', '1', ...inWorkspace]
    expect((await fanoscope(one)).document()).toMatchObject({ point: 'top', arrived: 3, waiting: 0 })
    await drop(line, 2, 3)
    await drop(top, 8, 9)
    const all = await fanoscope(['live', '--until-quiet', '2', ...inWorkspace])
    const counted = [
      { point: 'line', arrived: 3, waiting: 0 },
      { point: 'top', arrived: 4, waiting: 0 },
    ]
    expect(all.document()).toMatchObject({ points: counted })
    expect((await fanoscope(['live', '--state', ...inWorkspace])).document()).toMatchObject({
      points: counted,
    })
  })

  it.skipIf(cannotInterrupt)('ends in order at Ctrl-C', async () => {
    const { dir, run, folder } = trained()
    const { code, document } = await fanoscope(
      ['live', folder, '--run', run, '--workspace', dir, '--json'],
      interruptAt('Watching'),
    )
    expect(code).toBe(130)
    expect(documentSchema.parse(document())).toMatchObject({ watching: false })
    expect(liveState(sessionOn(dir))).toMatchObject({ job: null, watch: { active: false } })
  })

  it('prints each verdict as it comes', async () => {
    const { dir, run, folder } = trained()
    await drop(folder, 0, 2)
    const { stdout } = await fanoscope([
      'live',
      folder,
      '--run',
      run,
      '--until-quiet',
      '1',
      '--workspace',
      dir,
    ])
    expect(stdout).toMatch(/^(good|flagged) +part 0\.png {2}\S+ \(threshold \S+\)$/m)
    expect(stdout).toMatch(/^(good|flagged) +part 1\.png/m)
    expect(stdout).toMatch(/^arrived +2$/m)
  })

  it.skipIf(process.platform !== 'linux')(
    'goes on after the computer slept, with the engine that it had',
    async () => {
      const { dir, run, folder } = trained()
      await drop(folder, 0, 1)
      let woken: Promise<void> | null = null
      // The processes stand still as they do while a computer sleeps, and photographs that came meanwhile are there at once.
      const sleep = async (pid: number): Promise<void> => {
        const all = [pid, ...childrenOf(pid)]
        for (const one of all) process.kill(one, 'SIGSTOP')
        await drop(folder, 1, 3)
        for (const one of all) process.kill(one, 'SIGCONT')
      }
      const watching = ['live', folder, '--run', run, '--until-quiet', '2', '--workspace', dir]
      const { code, stdout } = await fanoscope(watching, {
        onOutput(child, all) {
          if (child.pid !== undefined && all.includes('part 0.png')) woken ??= sleep(child.pid)
        },
      })
      await woken
      expect(code).toBe(0)
      for (const name of names(3)) expect(stdout).toMatch(new RegExp(`^(good|flagged) +${name}`, 'm'))
      const log = readFileSync(join(dir, 'logs', 'fanoscope.log'), 'utf8')
      expect(log).not.toMatch(/engine.*(?:crashed|hung|again)/i)
    },
  )

  it('that a window watches is told of and stopped from outside', async () => {
    const { dir, run, folder } = trained()
    const session = sessionOn(dir)
    const { job } = startLive(session, { folder, run, results: null })
    await drop(folder, 0, 1)
    await judged(session, 1)
    const told = await fanoscope(['live', '--state', '--workspace', dir, '--json'])
    expect(documentSchema.parse(told.document())).toMatchObject({ folder, watching: true, arrived: 1 })
    const stopped = await fanoscope(['live', '--stop', '--workspace', dir, '--json'])
    expect(documentSchema.parse(stopped.document())).toMatchObject({ watching: false })
    expect(await session.jobs.ended(job ?? '')).toMatchObject({ state: 'cancelled' })
    const again = await fanoscope(['live', '--stop', '--workspace', dir, '--json'])
    expect(documents.error.parse(again.document()).error.code).toBe('live-rests')
  })

  it('is asked for where none was watched before', async () => {
    const { dir } = trained()
    const { code, document } = await fanoscope(['live', '--workspace', dir, '--json'])
    expect(code).toBe(2)
    expect(documents.error.parse(document()).error.message).toContain('folder')
  })

  it('is judged by a run that the list of runs has, with the dataset that it learned from', async () => {
    const { dir, run } = trained()
    const { document } = await fanoscope(['runs', '--workspace', dir, '--json'])
    expect(document()).toMatchObject([
      { run, learnedFrom: 'parts', runName: 'fanogan · smoke · 1 · parts', state: 'trained', inUse: false },
    ])
    const { stdout } = await fanoscope(['runs', '--state', 'failed', '--workspace', dir])
    expect(stdout).toContain('No runs.')
  })
})
