/**
 * Tells of files that are whole. A camera writes a photograph in pieces, pauses, reserves the space first, or writes
 * over an older file; `readiness.ts` says when a file counts as whole. The system's own notices only make the next look
 * come sooner; on a network drive there are none, and looking is enough.
 */
import { watch } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { type AskWriters, askWriters } from './file-writers.ts'
import { standardTimes, type WatchTimes } from './readiness.ts'
import { createWatchedFiles, type Taking, type WatchedFilesOptions, type WholeFile } from './watched-files.ts'

export interface WatchOptions
  extends Pick<WatchedFilesOptions, 'folder' | 'knownAs' | 'signal' | 'isPutWhole'> {
  /** The names of all photographs in the folder, once, as soon as it can be read. */
  onFirstList?(names: ReadonlySet<string>): unknown
  /** All that are whole at a look, before the first of them is told of: what waits is known at once. */
  onFound?(files: readonly WholeFile[]): unknown
  /** A whole file, oldest first. The next look waits until it is answered. */
  onWhole(file: WholeFile): Promise<Taking>
  /** A file that was told of has gone, or changed its name, before it was taken. */
  onGone?(file: string): unknown
  /** The names of all files that wait for the rest of themselves for longer than usual; told when they change. */
  onUnfinished?(files: readonly string[]): void
  /** Why the folder cannot be read; null when it can again. Each told once. */
  onProblem(message: string | null): void
  times?: Partial<WatchTimes>
  /** Milliseconds of a clock that nobody can set. */
  clock?: () => number
  askWriters?: AskWriters
}

const isPhotograph = (name: string): boolean =>
  /\.(png|jpe?g|tiff?|bmp|webp)$/i.test(name) && !name.startsWith('.')

/**
 * Whether a notice about a file whose times have not moved means that it was written: on file systems whose times are
 * rounded to seconds it is the only sign. On Windows reading a file gives a notice as well.
 */
const areNoticesSigns = process.platform !== 'win32'

/** Ends when the signal is aborted. A folder that is not there, such as a drive that is not connected yet, is waited for. */
export async function watchFolder(options: WatchOptions): Promise<void> {
  const { folder, knownAs, onFirstList, onFound, onWhole, onGone, onUnfinished, onProblem, signal } = options
  const times = { ...standardTimes, ...options.times }
  const files = createWatchedFiles({
    folder,
    knownAs,
    signal,
    ...(options.isPutWhole === undefined ? {} : { isPutWhole: options.isPutWhole }),
    times,
    clock: options.clock ?? (() => performance.now()),
    askWriters: options.askWriters ?? askWriters,
  })
  const bell = createBell()
  let notices = noticesOf(folder, bell.ring)
  signal.addEventListener('abort', bell.wake)
  let problem: string | null = null
  let isListed = false
  let unfinished: readonly string[] = []

  /** Null where the folder cannot be read now. */
  async function list(): Promise<string[] | null> {
    try {
      const names = (await readdir(folder)).filter(isPhotograph)
      if (problem !== null) onProblem(null)
      problem = null
      // A folder that was away and is back is another one to the system.
      if (!notices.areGiven()) notices = noticesOf(folder, bell.ring)
      return names
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error)
      if (said !== problem) onProblem(said)
      problem = said
      notices.end()
      return null
    }
  }

  function tellUnfinished(): void {
    const names = files.unfinished()
    const isSame = names.length === unfinished.length && names.every((name, i) => name === unfinished[i])
    if (!isSame) onUnfinished?.(names)
    unfinished = names
  }

  try {
    while (!signal.aborted) {
      const noticed = bell.take()
      const names = await list()
      if (names !== null) {
        const present = new Set(names)
        if (!isListed) await onFirstList?.(present)
        isListed = true
        for (const name of files.keepOnly(present)) await onGone?.(name)
        await files.look(names, areNoticesSigns ? noticed : new Set())
        const whole = await files.ready()
        if (whole.length > 0 && !signal.aborted) await onFound?.(whole)
        for (const file of whole) {
          if (signal.aborted) break
          files.settle(file, await onWhole(file))
        }
        tellUnfinished()
      }
      if (signal.aborted) break
      const { isYoung, wait } = files.nextTurn()
      // A file that is being written needs a little time, however many notices it gives.
      if (isYoung) await pause(times.settle)
      else await bell.rest(names === null ? times.every : wait)
    }
  } finally {
    signal.removeEventListener('abort', bell.wake)
    notices.end()
  }
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds)
  })

/** Gathers notices, and ends a rest when one comes. */
function createBell() {
  let noticed = new Set<string>()
  let hasRung = false
  let wake: () => void = () => undefined
  return {
    ring(name: string | null): void {
      if (name !== null) noticed.add(name)
      hasRung = true
      wake()
    },
    wake: () => wake(),
    /** The names since the last time. */
    take(): ReadonlySet<string> {
      const names = noticed
      noticed = new Set()
      hasRung = false
      return names
    },
    rest: (milliseconds: number): Promise<void> =>
      new Promise((resolve) => {
        if (hasRung) {
          resolve()
          return
        }
        const timer = setTimeout(resolve, milliseconds)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      }),
  }
}

/** The system's notices of a folder; there may be none. */
function noticesOf(
  folder: string,
  onNotice: (name: string | null) => void,
): { areGiven(): boolean; end(): void } {
  try {
    const watcher = watch(folder, (_event, name) => {
      // Other files may be written there all the time, such as a log.
      if (typeof name !== 'string') onNotice(null)
      else if (isPhotograph(name)) onNotice(name)
    })
    let isOpen = true
    const end = (): void => {
      isOpen = false
      watcher.close()
    }
    watcher.on('error', end)
    return { areGiven: () => isOpen, end }
  } catch {
    // Not tried again at each look: this file system has none, and looking is enough.
    return { areGiven: () => true, end: () => undefined }
  }
}
