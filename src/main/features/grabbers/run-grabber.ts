/** Runs the program that fills a folder, starts it again when it ends, and ends it with all that it has started. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { type FailureData, failureDocument, reasonOf } from '../../../shared/failure.ts'
import { message } from '../../../shared/messages/message.ts'
import type { Log } from '../../platform/log.ts'
import type { Grabber } from './grabber-list.ts'
import { endLeftOver, forgetRunning, noteRunning } from './left-over.ts'

/** How long it may take to end when it is asked to, in milliseconds. */
const endsWithin = 5_000
/** The first pause before a new start; each is twice the one before, up to the longest. */
const firstPause = 1_000
const longestPause = 30_000
/** After so long a run, the next pause is the first again. */
const steadyAfter = 60_000
/** Characters of its last line that a person is told. */
const mostTold = 300

export interface GrabberRun {
  grabber: Grabber
  /** Ends it. */
  signal: AbortSignal
  log: Pick<Log, 'info' | 'warn'>
  /** Told with null when the program runs, and with why when it does not. */
  onState(failure: FailureData | null): void
  /** Shorter in tests. */
  pause?: number
}

type Child = ChildProcessByStdio<null, Readable, Readable>

/** Lasts until the signal; never rejects. */
export async function runGrabber({ grabber, signal, log, onState, pause: first = firstPause }: GrabberRun) {
  let pause = first
  while (!signal.aborted) {
    const leftOver = await endLeftOver(grabber.folder, endsWithin)
    if (leftOver !== null) {
      const { program } = grabber
      log.warn('A program that filled the folder for a Fanoscope which was killed was ended.', {
        program,
        process: leftOver,
      })
    }
    const startedAt = performance.now()
    const failure = await runOnce(grabber, signal, log, () => onState(null))
    if (signal.aborted) return
    log.warn('The program that fills the watched folder does not run; it is started again.', failure)
    onState(failure)
    if (performance.now() - startedAt >= steadyAfter) pause = first
    await wait(pause, undefined, { signal }).catch(() => undefined)
    pause = Math.min(longestPause, 2 * pause)
  }
}

function start({ folder, program, arguments: given }: Grabber): Child {
  return spawn(
    program,
    given.map((argument) => argument.replaceAll('{folder}', folder)),
    {
      cwd: folder,
      shell: false,
      windowsHide: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that what it starts ends with it.
      detached: process.platform !== 'win32',
    },
  )
}

/** One run of the program. @returns why it does not run any more */
async function runOnce(
  grabber: Grabber,
  signal: AbortSignal,
  log: GrabberRun['log'],
  onRuns: () => void,
): Promise<FailureData> {
  const { program } = grabber
  let child: Child
  try {
    child = start(grabber)
  } catch (error) {
    return message('grabber-unstartable', { program, reason: reasonOf(error) })
  }
  let last = ''
  const listen = (stream: Readable): void => {
    stream.setEncoding('utf8').on('data', (text: string) => {
      const line = text.trim().split('\n').at(-1)?.trim() ?? ''
      if (line !== '') last = line.slice(0, mostTold)
    })
  }
  listen(child.stdout)
  listen(child.stderr)
  const end = (): void => endGroup(child)
  signal.addEventListener('abort', end, { once: true })
  try {
    return await new Promise<FailureData>((resolve) => {
      child.once('spawn', () => {
        log.info('The program that fills the watched folder runs.', { program, process: child.pid ?? 0 })
        note(child, grabber, log)
        onRuns()
        if (signal.aborted) end()
      })
      child.once('error', (error) =>
        resolve(message('grabber-unstartable', { program, reason: reasonOf(error) })),
      )
      child.once('exit', (status, killedBy) => {
        const ended = { program, code: killedBy ?? String(status ?? '') }
        resolve(
          last === ''
            ? message('grabber-ended', { case: 'silent', ...ended })
            : message('grabber-ended', { ...ended, last }),
        )
      })
    })
  } finally {
    signal.removeEventListener('abort', end)
    // What it has started and left behind.
    send(child, 'SIGTERM')
    forgetRunning(grabber.folder)
    child.stdout.destroy()
    child.stderr.destroy()
  }
}

/** Kept until it ends, so that the next start recognizes it where this process is killed. */
function note({ pid }: Child, { folder }: Grabber, log: GrabberRun['log']): void {
  try {
    if (pid !== undefined) noteRunning(folder, pid)
  } catch (error) {
    log.warn('The program could not be noted; it stays where Fanoscope is killed.', failureDocument(error))
  }
}

/** Asks it to end, and ends it where it does not. */
function endGroup(child: Child): void {
  send(child, 'SIGTERM')
  const forced = setTimeout(() => send(child, 'SIGKILL'), endsWithin)
  child.once('exit', () => clearTimeout(forced))
}

function send(child: Child, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return
  try {
    if (process.platform === 'win32') child.kill(signal)
    else process.kill(-child.pid, signal)
  } catch {
    // It has ended by itself.
  }
}
