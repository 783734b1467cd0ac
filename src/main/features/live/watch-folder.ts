/**
 * Tells of files that are whole. A camera writes a photograph in pieces: a file counts as whole when its size and
 * time stay the same from one look to the next. The system's own notices only make the next look come sooner; on a
 * network drive there are none, and looking is enough.
 */
import { type FSWatcher, watch } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure, reasonOf } from '../../../shared/failure.ts'
import type { ArrivedFile } from '../../store/live.ts'

export interface WatchOptions {
  folder: string
  /** Whether a file was told of before, in this process or an earlier one. */
  isKnown(file: ArrivedFile): boolean
  /** All that are whole at a look, before the first of them is told of: what waits is known at once. */
  onFound?(files: readonly ArrivedFile[]): void
  /** A whole file, oldest first. The next look waits until it is answered. */
  onWhole(file: ArrivedFile): Promise<void>
  onProblem(message: string): void
  signal: AbortSignal
  /** Milliseconds between two looks at a file that is being written. */
  settle?: number
  /** Milliseconds between two looks without a notice. */
  every?: number
}

const isPhotograph = (name: string): boolean =>
  /\.(png|jpe?g|tiff?|bmp|webp)$/i.test(name) && !name.startsWith('.')

/** Files that are looked at at the same time. */
const looksAtOnce = 32

/** Ends when the signal is aborted. @throws Failure `folder-unreadable` where the folder cannot be read at the start */
export async function watchFolder(options: WatchOptions): Promise<void> {
  const { folder, isKnown, onFound, onWhole, onProblem, signal, settle = 250, every = 1000 } = options
  /** Files as they were at the last look. */
  const seen = new Map<string, ArrivedFile>()
  /** Files of this name need no look: they are known and nothing was said of them since. */
  const done = new Set<string>()
  let wake: () => void = () => undefined
  let isNoticed = false
  const notice = (_event: unknown, name: string | Buffer | null): void => {
    if (typeof name === 'string') done.delete(name)
    isNoticed = true
    wake()
  }
  await readdir(folder).catch((cause: unknown) => {
    throw new Failure('folder-unreadable', { folder, reason: reasonOf(cause) }, { cause })
  })
  const watcher = notices(folder, notice)
  const onAbort = (): void => wake()
  signal.addEventListener('abort', onAbort)

  const rest = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  const look = async (name: string): Promise<ArrivedFile | null> => {
    try {
      const state = await stat(join(folder, name))
      if (!state.isFile() || state.size === 0) return null
      return { file: name, bytes: state.size, modifiedAt: Math.floor(state.mtimeMs) }
    } catch {
      // Taken away between two looks.
      return null
    }
  }

  try {
    while (!signal.aborted) {
      isNoticed = false
      let names: string[] = []
      try {
        names = (await readdir(folder)).filter((name) => isPhotograph(name) && !done.has(name))
      } catch (error) {
        onProblem(error instanceof Error ? error.message : String(error))
      }
      const whole: ArrivedFile[] = []
      let growing = false
      for (let at = 0; at < names.length && !signal.aborted; at += looksAtOnce) {
        for (const file of await Promise.all(names.slice(at, at + looksAtOnce).map(look))) {
          if (file === null) continue
          const before = seen.get(file.file)
          if (isKnown(file)) {
            seen.delete(file.file)
            done.add(file.file)
          } else if (before?.bytes === file.bytes && before.modifiedAt === file.modifiedAt) whole.push(file)
          else {
            seen.set(file.file, file)
            growing = true
          }
        }
      }
      whole.sort((a, b) => a.modifiedAt - b.modifiedAt || (a.file < b.file ? -1 : 1))
      if (whole.length > 0 && !signal.aborted) onFound?.(whole)
      for (const file of whole) {
        if (signal.aborted) break
        await onWhole(file)
        seen.delete(file.file)
        done.add(file.file)
      }
      if (signal.aborted) break
      // A file that is being written needs a little time, however many notices it gives.
      if (growing) await new Promise((resolve) => setTimeout(resolve, settle))
      else if (!isNoticed) await rest(every)
    }
  } finally {
    signal.removeEventListener('abort', onAbort)
    watcher?.close()
  }
}

/** Null where the system gives no notices of this folder. */
function notices(
  folder: string,
  listener: (event: unknown, name: string | Buffer | null) => void,
): FSWatcher | null {
  try {
    const watcher = watch(folder, listener)
    watcher.on('error', () => watcher.close())
    return watcher
  } catch {
    return null
  }
}
