/** Programs that fill a folder: started, started again, and ended with all that they have started. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  type Grabber,
  grabberOf,
  listGrabbers,
  removeGrabber,
  setGrabber,
} from '../../../../src/main/features/grabbers/grabber-list.ts'
import { runGrabber } from '../../../../src/main/features/grabbers/run-grabber.ts'
import { tryGrabber } from '../../../../src/main/features/grabbers/try-grabber.ts'
import type { FailureData } from '../../../../src/shared/failure.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'

const silent = { info: () => undefined, warn: () => undefined }

/** A program of Node.js that fills a folder. */
function programOf(source: string): Pick<Grabber, 'program' | 'arguments'> {
  const file = join(temporaryFolder(), 'camera.mjs')
  writeFileSync(
    file,
    `import { writeFileSync } from 'node:fs'\nimport { spawn } from 'node:child_process'\n${source}`,
  )
  return { program: process.execPath, arguments: [file, '{folder}'] }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  // A process that has ended stays until somebody asks for its status.
  const status = `/proc/${pid}/stat`
  return !existsSync(status) || !/\) Z /.test(readFileSync(status, 'utf8'))
}

describe('the list of programs', () => {
  beforeEach(() => void vi.stubEnv('FANOSCOPE_STATE', join(temporaryFolder(), 'account', 'state.json')))
  afterEach(() => void vi.unstubAllEnvs())

  it('has one for a folder, which only the account may read', async () => {
    const folder = temporaryFolder()
    expect(grabberOf(folder)).toBe(null)
    await setGrabber({ folder, program: 'first', arguments: [] })
    await setGrabber({ folder: join(folder, '..', 'other'), program: 'other', arguments: [] })
    await setGrabber({ folder, program: 'second', arguments: ['a b', '$HOME; rm'] })
    expect(grabberOf(folder)).toEqual({ folder, program: 'second', arguments: ['a b', '$HOME; rm'] })
    expect(listGrabbers()).toHaveLength(2)
    const account = join(process.env.FANOSCOPE_STATE ?? '', '..')
    if (process.platform !== 'win32') expect(statSync(account).mode & 0o077).toBe(0)
    expect(await removeGrabber(folder)).toBe(true)
    expect(await removeGrabber(folder)).toBe(false)
    expect(grabberOf(folder)).toBe(null)
  })

  it('that was damaged is said, and nothing is run', async () => {
    const file = join(process.env.FANOSCOPE_STATE ?? '', '..', 'grabbers.json')
    mkdirSync(join(file, '..'), { recursive: true })
    writeFileSync(file, '{"grabbers":[{"folder":')
    expect(() => listGrabbers()).toThrow(expect.objectContaining({ code: 'grabbers-unreadable' }))
  })
})

describe('a program', () => {
  it('runs in the folder, gets its arguments as they are, and ends with what it has started', async () => {
    const folder = temporaryFolder()
    const { program, arguments: given } = programOf(`
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
      writeFileSync('told.json', JSON.stringify({ own: process.pid, child: child.pid, given: process.argv.slice(2) }))
      setInterval(() => {}, 1000)`)
    const end = new AbortController()
    const grabber = { folder, program, arguments: [...given, 'a b', '$HOME; "'] }
    const running = runGrabber({ grabber, signal: end.signal, log: silent, onState: () => undefined })
    const told = join(folder, 'told.json')
    await expect
      .poll(() => existsSync(told) && readFileSync(told, 'utf8').endsWith('}'), { timeout: 60_000 })
      .toBe(true)
    const { own, child, given: got } = JSON.parse(readFileSync(told, 'utf8'))
    expect(got).toEqual([folder, 'a b', '$HOME; "'])
    expect([own, child].map(isAlive)).toEqual([true, true])
    end.abort()
    await running
    await expect.poll(() => [own, child].map(isAlive), { timeout: 20_000 }).toEqual([false, false])
  })

  it('that ends is started again, and what it said last is told', async () => {
    const folder = temporaryFolder()
    const states: (FailureData | null)[] = []
    const end = new AbortController()
    const grabber = {
      folder,
      ...programOf(`console.error('first\\nno camera on USB 3'); process.exitCode = 3`),
    }
    const running = runGrabber({
      grabber,
      signal: end.signal,
      log: silent,
      pause: 1,
      onState(failure) {
        states.push(failure)
        if (states.length === 4) end.abort()
      },
    })
    await running
    const ended = {
      code: 'grabber-ended',
      params: { program: process.execPath, code: '3', last: 'no camera on USB 3' },
    }
    expect(states).toMatchObject([null, ended, null, ended])
  })

  it('that is not there is named', async () => {
    const folder = temporaryFolder()
    const grabber = { folder, program: join(folder, 'nothing'), arguments: [] }
    const { failure } = await tryGrabber(grabber, 20_000, new AbortController().signal)
    expect(failure).toMatchObject({ code: 'grabber-unstartable', params: { program: grabber.program } })
  })

  it('that is tried tells which files came', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'before.png'), '')
    const stop = new AbortController()
    const grabber = {
      folder,
      ...programOf(`for (const name of ['b', 'a']) writeFileSync(process.argv[2] + '/' + name + '.png', '')
        setInterval(() => {}, 1000)`),
    }
    const trying = tryGrabber(grabber, 600_000, stop.signal)
    await expect.poll(() => readdirSync(folder), { timeout: 60_000 }).toHaveLength(3)
    stop.abort()
    expect(await trying).toEqual({ failure: null, files: ['a.png', 'b.png'] })
  })
})

/** The recipes of the guide, where their programs are installed. */
describe('a recipe of the guide', () => {
  const has = (program: string, ...given: string[]): boolean =>
    spawnSync(program, given, { stdio: 'ignore' }).status === 0

  async function photographs(program: string, given: string[]): Promise<[width?: number, height?: number][]> {
    const folder = temporaryFolder()
    const stop = new AbortController()
    const trying = tryGrabber({ folder, program, arguments: given }, 600_000, stop.signal)
    await expect.poll(() => readdirSync(folder).length, { timeout: 120_000 }).toBeGreaterThan(3)
    stop.abort()
    const { files } = await trying
    // The last one may have been half-written when the program ended.
    const whole = files.slice(0, 3).map((file) => sharp(join(folder, file)).metadata())
    return (await Promise.all(whole)).map(({ width, height }) => [width, height])
  }
  const sizes = [
    [320, 240],
    [320, 240],
    [320, 240],
  ]

  it('GStreamer writes its test picture', async ({ skip }) => {
    skip(!has('gst-inspect-1.0', 'pngenc'), 'gst-launch-1.0 with pngenc is not installed')
    const source = 'videotestsrc is-live=true ! video/x-raw,width=320,height=240,framerate=10/1'
    const given = `-q ${source} ! videoconvert ! pngenc ! multifilesink location={folder}/%09d.png`
    expect(await photographs('gst-launch-1.0', given.split(' '))).toEqual(sizes)
  })

  it('Aravis writes the pictures of its fake camera', async ({ skip }) => {
    // gst-launch has no option for the fake camera, so a few lines of Python run the same pipeline.
    const begin = `import sys, gi
gi.require_version("Aravis", "0.8")
gi.require_version("Gst", "1.0")
from gi.repository import Aravis, Gst
Aravis.enable_interface("Fake")
Gst.init(None)
`
    const run = `pipeline = Gst.parse_launch(sys.argv[1])
pipeline.set_state(Gst.State.PLAYING)
pipeline.get_bus().timed_pop_filtered(Gst.CLOCK_TIME_NONE, Gst.MessageType.ERROR)
`
    const python = '/usr/bin/python3'
    skip(!has(python, '-c', begin), 'Aravis and GStreamer are not installed for Python')
    skip(!has('gst-inspect-1.0', 'pngenc'), 'gst-launch-1.0 with pngenc is not installed')
    const source = 'aravissrc camera-name=Fake_1 ! video/x-raw,width=320,height=240'
    const pipeline = `${source} ! videoconvert ! pngenc ! multifilesink location={folder}/%09d.png`
    expect(await photographs(python, ['-c', begin + run, pipeline])).toEqual(sizes)
  })

  it('ffmpeg writes the frames of a stream', async ({ skip }) => {
    skip(!has('ffmpeg', '-version'), 'ffmpeg is not installed')
    const given =
      '-nostdin -loglevel error -re -f lavfi -i testsrc=size=320x240:rate=10 -vf fps=5 {folder}/%09d.png'
    expect(await photographs('ffmpeg', given.split(' '))).toEqual(sizes)
  })
})
