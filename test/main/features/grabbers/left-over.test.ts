/** A station that is killed leaves its grabber behind; the next one ends it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { endLeftOver, noteRunning, startOf } from '../../../../src/main/features/grabbers/left-over.ts'
import { runGrabber } from '../../../../src/main/features/grabbers/run-grabber.ts'
import { applicationRoot } from '../../../../src/main/platform/application-root.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'

const station = join(applicationRoot(), 'test/main/features/grabbers/station-with-grabber.ts')
const notes = (): string[] => {
  const folder = join(dirname(process.env.FANOSCOPE_STATE ?? ''), 'grabbers')
  return existsSync(folder) ? readdirSync(folder) : []
}

/** A camera that hears no request to end, and has started another process. */
const camera = `
  const { appendFileSync } = require('node:fs')
  const { spawn } = require('node:child_process')
  process.on('SIGTERM', () => {})
  process.stdout.on('error', () => {})
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  appendFileSync('cameras.txt', process.pid + ' ' + child.pid + '\\n')
  setInterval(() => {}, 1000)`

const camerasIn = (folder: string): number[][] =>
  existsSync(join(folder, 'cameras.txt'))
    ? readFileSync(join(folder, 'cameras.txt'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => line.split(' ').map(Number))
    : []

describe.skipIf(process.platform === 'win32')('a grabber', () => {
  beforeEach(() => void vi.stubEnv('FANOSCOPE_STATE', join(temporaryFolder(), 'account', 'state.json')))
  afterEach(() => void vi.unstubAllEnvs())

  it('whose station is killed with -9 is ended by the next one before another is started', async () => {
    const folder = temporaryFolder()
    const killed = spawn(process.execPath, [station, folder, process.execPath, '-e', camera], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await expect.poll(() => camerasIn(folder).length, { timeout: 20_000 }).toBe(1)
    await expect.poll(notes).toHaveLength(1)
    killed.kill('SIGKILL')
    await once(killed, 'exit')
    const [first = []] = camerasIn(folder)
    expect(first.map((pid) => startOf(pid) !== null)).toEqual([true, true])
    const end = new AbortController()
    const told: unknown[] = []
    let aliveAtStart: boolean[] | null = null
    const running = runGrabber({
      grabber: { folder, program: process.execPath, arguments: ['-e', camera] },
      signal: end.signal,
      log: { info: () => undefined, warn: (_, detail) => told.push(detail) },
      onState: () => {
        aliveAtStart ??= first.map((pid) => startOf(pid) !== null)
      },
    })
    await expect.poll(() => camerasIn(folder).length, { timeout: 20_000 }).toBe(2)
    expect(aliveAtStart).toEqual([false, false])
    expect(told).toEqual([{ program: process.execPath, process: first[0] }])
    end.abort()
    await running
    expect(notes()).toEqual([])
  }, 60_000)

  it('is left alone where its number belongs to another process by now, or the note was cut off', async () => {
    const folder = temporaryFolder()
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
      detached: true,
      stdio: 'ignore',
    })
    await once(other, 'spawn')
    noteRunning(folder, other.pid ?? 0)
    const [name = ''] = notes()
    const file = join(dirname(process.env.FANOSCOPE_STATE ?? ''), 'grabbers', name)
    const { pid } = JSON.parse(readFileSync(file, 'utf8')) as { pid: number }
    writeFileSync(file, JSON.stringify({ pid, startedAt: 'another start' }))
    expect(await endLeftOver(folder, 1000)).toBe(null)
    writeFileSync(file, '{"pid":')
    expect(await endLeftOver(folder, 1000)).toBe(null)
    expect(startOf(pid)).not.toBe(null)
    noteRunning(folder, pid)
    expect(await endLeftOver(folder, 1000)).toBe(pid)
    expect(startOf(pid)).toBe(null)
  })
})
