/**
 * A program that fills a folder outlives a Fanoscope that is killed, and keeps its camera. So its number and the time
 * of its start are kept while it runs, and the next start ends it. On Windows nothing is noted: there a process has no
 * group that could be ended as a whole.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { replaceFileDurably } from '../../platform/durable-file.ts'
import { stateFile } from '../../platform/preferences.ts'

const noteSchema = z.object({ pid: z.int().positive(), startedAt: z.string().min(1) })

/** Milliseconds between two looks whether it has ended. */
const lookEvery = 20

const noteFile = (folder: string): string => {
  const name = createHash('sha256').update(resolve(folder)).digest('hex').slice(0, 32)
  return join(dirname(stateFile(process.env)), 'grabbers', `${name}.json`)
}

/** Tells a process from every other one that has had or will have its number; null where there is none. */
export function startOf(pid: number): string | null {
  try {
    if (process.platform === 'linux') {
      const [, rest = ''] = /\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
      const fields = rest.split(' ')
      // A process that has ended stays until somebody asks for its status. The 22nd field is its start, in ticks.
      const start = fields[0] === 'Z' ? undefined : fields[19]
      if (start === undefined) return null
      return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${start}`
    }
    const told = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    }).trim()
    return told === '' ? null : told
  } catch {
    // There is no such process.
    return null
  }
}

/** @throws where it cannot be written */
export function noteRunning(folder: string, pid: number): void {
  const startedAt = process.platform === 'win32' ? null : startOf(pid)
  if (startedAt === null) return
  const file = noteFile(folder)
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  replaceFileDurably(file, JSON.stringify({ pid, startedAt }))
}

export function forgetRunning(folder: string): void {
  rmSync(noteFile(folder), { force: true })
}

/**
 * Ends what fills the folder for a Fanoscope that was killed, with all that it has started.
 * @param within milliseconds in which it may end by itself once it was asked
 * @returns its number; null where there is none
 */
export async function endLeftOver(folder: string, within: number): Promise<number | null> {
  const noted = readNote(folder)
  const isAlive = (): boolean => noted !== null && startOf(noted.pid) === noted.startedAt
  if (noted === null || !isAlive()) {
    forgetRunning(folder)
    return null
  }
  send(noted.pid, 'SIGTERM')
  const until = performance.now() + within
  while (isAlive() && performance.now() < until) await pause(lookEvery)
  // Also what it has started and left behind.
  send(noted.pid, 'SIGKILL')
  while (isAlive()) await pause(lookEvery)
  forgetRunning(folder)
  return noted.pid
}

/** A note that was cut off says nothing, like none. */
function readNote(folder: string): z.infer<typeof noteSchema> | null {
  try {
    return noteSchema.safeParse(JSON.parse(readFileSync(noteFile(folder), 'utf8'))).data ?? null
  } catch {
    return null
  }
}

function send(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(-pid, signal)
  } catch {
    // Nothing of its group is left.
  }
}
