/** The files of a watched folder: which are told of, and which are waited for until they are whole. */
import { join } from 'node:path'
import { hashFile } from '../../store/blob-store.ts'
import type { ArrivedFile } from '../../store/live.ts'
import { examineFile } from './examine-file.ts'
import { arrivedFile, type FileStamp, isSameStamp, mayBeTouched, stampOf } from './file-stamp.ts'
import type { AskWriters, Writing } from './file-writers.ts'
import { dependsOnWriters, type Examined, isDoubtful, readinessOf, type WatchTimes } from './readiness.ts'
import { createTakenFiles } from './taken-files.ts'

/** A file whose picture can be taken. */
export interface WholeFile extends ArrivedFile {
  /** As it was when it was found whole: what is read must be of the same. */
  stamp: FileStamp
  /** Its end never came: it is refused. */
  isCut: boolean
  /** The number of zero bytes at its end, where they may be black or what was never written; else 0. */
  doubtfulTail: number
  /** It has not changed for so long that what the decoder says of it now is final. */
  isFinal: boolean
}

/** What became of a file: it has changed meanwhile, it may not be all there yet, or it was taken or refused. */
export type Taking = 'changed' | 'doubtful' | { sha256: string | null }

/** A file that is watched until it is whole. */
interface WaitingFile {
  stamp: FileStamp
  /** When it was last seen to change. */
  since: number
  nextLook: number
  /** The zero bytes at its end at the last look; null before the first. */
  zeroTail: number | null
  /** What was last taken of a file of this name. */
  before: KnownFile | null
  isRefused: boolean
  isNamed: boolean
  /** It was found whole once. */
  isTold: boolean
}

/** A file that needs nothing more, unless it is written again. */
interface KnownFile {
  stamp: FileStamp
  /** Null where nobody knows it: it was taken or refused in an earlier process. */
  sha256: string | null
}

export interface WatchedFilesOptions {
  folder: string
  /** A file that was told of in an earlier process, with the hash of its picture if there is one; null if it was not. */
  knownAs(file: ArrivedFile): { sha256: string | null } | null
  /** Whether a file was put there whole, by a rename of this station: then nothing is waited for. */
  isPutWhole?(file: string): boolean
  times: WatchTimes
  clock(): number
  askWriters: AskWriters
  signal: AbortSignal
}

export interface WatchedFiles {
  /** Forgets files that are not there any more. @returns those of them that were found whole and never taken */
  keepOnly(names: ReadonlySet<string>): string[]
  /** Looks at those of the files that are due, or that the system gave notice of. */
  look(names: readonly string[], noticed: ReadonlySet<string>): Promise<void>
  /** The files with which something is to be done now, oldest first. */
  ready(): Promise<WholeFile[]>
  /** What became of a file that was ready. */
  settle(file: WholeFile, taking: Taking): void
  /** The names of files that lack their end for longer than they should. */
  unfinished(): string[]
  /** Milliseconds until a file is due, and whether one was written a moment ago. */
  nextTurn(): { wait: number; isYoung: boolean }
}

/** Files that are looked at at the same time. */
const looksAtOnce = 32
/** Files already told of that are looked at again in one look: a ring of names is written over without a notice. */
const knownPerLook = 1000
/** The longest and the shortest time between two looks at an unfinished file, in milliseconds. */
const longestPause = 2000
const shortestPause = 5

export function createWatchedFiles(options: WatchedFilesOptions): WatchedFiles {
  const { folder, knownAs, times, clock, askWriters, signal, isPutWhole = () => false } = options
  const waiting = new Map<string, WaitingFile>()
  /** In the order in which they were last looked at. */
  const known = new Map<string, KnownFile>()
  const taken = createTakenFiles()
  let nextRound = 0

  const changed = (stamp: FileStamp) => ({
    stamp,
    since: clock(),
    nextLook: clock() + times.settle,
    zeroTail: null,
    isRefused: false,
  })
  const arriving = (stamp: FileStamp, before: KnownFile | null): WaitingFile => ({
    ...changed(stamp),
    before,
    isNamed: false,
    isTold: false,
  })

  function due(names: readonly string[], noticed: ReadonlySet<string>): string[] {
    const now = clock()
    const again = new Set<string>()
    if (now >= nextRound) {
      for (const name of known.keys()) {
        if (again.size >= knownPerLook) break
        again.add(name)
      }
      nextRound = now + times.every
    }
    return names.filter((name) => {
      if (noticed.has(name)) return true
      const file = waiting.get(name)
      return file ? now >= file.nextLook : again.has(name) || !known.has(name)
    })
  }

  /** Compares a file with what was seen of it before. */
  function observe(name: string, stamp: FileStamp, isNoticed: boolean): void {
    const waitingFile = waiting.get(name)
    const knownFile = known.get(name)
    if (waitingFile) {
      if (!isSameStamp(waitingFile.stamp, stamp) || isNoticed)
        waiting.set(name, { ...waitingFile, ...changed(stamp) })
    } else if (knownFile) {
      known.delete(name)
      if (isSameStamp(knownFile.stamp, stamp) && !isNoticed) known.set(name, knownFile)
      else waiting.set(name, arriving(stamp, knownFile))
    } else {
      const earlier = knownAs(arrivedFile(name, stamp))
      if (earlier) known.set(name, { stamp, ...earlier })
      else if (isPutWhole(name)) {
        const now = clock()
        waiting.set(name, { ...arriving(stamp, null), since: now - times.settle, nextLook: now })
      } else waiting.set(name, arriving(stamp, null))
    }
  }

  /** Looks into the files that have rested. */
  async function examine(now: number) {
    const examined: { name: string; file: WaitingFile; found: Omit<Examined, 'writing'> }[] = []
    for (const [name, file] of waiting) {
      if (signal.aborted) break
      if (now < file.nextLook) continue
      if (examined.length % looksAtOnce === looksAtOnce - 1) await breathe()
      const end = examineFile(join(folder, name))
      if (end === 'gone') continue
      // Where size and time do not move, a shorter rest of zeros is the only sign that somebody writes.
      if (file.zeroTail !== null && file.zeroTail !== end.zeroTail) file.since = now
      file.zeroTail = end.zeroTail
      const usualTail = taken.usualTail(file.stamp.size)
      examined.push({ name, file, found: { ...end, usualTail, isRefused: file.isRefused } })
    }
    return examined
  }

  /** Whether it is a picture that was told of: the file was renamed, or only its times were set. */
  async function isTakenBefore(name: string, { stamp, before }: WaitingFile): Promise<boolean> {
    if (before !== null && !mayBeTouched(before.stamp, stamp)) return false
    const sha256 = before === null ? taken.sha256Of(stamp) : before.sha256
    if (sha256 === null) return before !== null && before.stamp.modified === stamp.modified
    return (await hashFile(join(folder, name)).catch(() => null)) === sha256
  }

  function makeKnown(name: string, stamp: FileStamp, sha256: string | null): void {
    waiting.delete(name)
    known.set(name, { stamp, sha256 })
  }

  return {
    keepOnly(names) {
      const lost: string[] = []
      for (const name of known.keys()) if (!names.has(name)) known.delete(name)
      for (const [name, { isTold }] of waiting) {
        if (names.has(name)) continue
        waiting.delete(name)
        if (isTold) lost.push(name)
      }
      return lost
    },
    async look(names, noticed) {
      const looked = due(names, noticed)
      for (let at = 0; at < looked.length && !signal.aborted; at += looksAtOnce) {
        const some = looked.slice(at, at + looksAtOnce)
        const stamps = await Promise.all(some.map((name) => stampOf(join(folder, name))))
        for (const [i, name] of some.entries()) {
          const stamp = stamps[i] ?? null
          if (stamp !== null) observe(name, stamp, noticed.has(name))
        }
      }
    },
    async ready() {
      const now = clock()
      const examined = await examine(now)
      const doubtful = examined.filter(({ found }) => dependsOnWriters(found))
      const paths = doubtful.map(({ name }) => join(folder, name))
      const writers = paths.length > 0 ? await askWriters(paths) : new Map<string, Writing>()
      const whole: WholeFile[] = []
      for (const { name, file, found } of examined) {
        const writing = writers.get(join(folder, name)) ?? 'unknown'
        const quiet = now - file.since
        const isPut = isPutWhole(name)
        const readiness = isPut ? 'whole' : readinessOf({ ...found, writing }, quiet, times)
        if (readiness === 'wait') {
          file.nextLook = now + Math.min(longestPause, Math.max(times.settle, quiet / 4))
          file.isNamed ||= quiet >= times.named
        } else if (await isTakenBefore(name, file)) makeKnown(name, file.stamp, file.before?.sha256 ?? null)
        else {
          file.isTold = true
          const isCut = readiness === 'cut'
          const isFinal =
            isPut || isCut || readinessOf({ ...found, writing, isRefused: true }, quiet, times) === 'whole'
          const doubtfulTail = !isPut && isDoubtful(found) ? found.zeroTail : 0
          whole.push({ ...arrivedFile(name, file.stamp), stamp: file.stamp, isCut, doubtfulTail, isFinal })
        }
      }
      return whole.sort((a, b) => a.modifiedAt - b.modifiedAt || (a.file < b.file ? -1 : 1))
    },
    settle(file, taking) {
      const state = waiting.get(file.file)
      if (!state) return
      if (taking === 'changed') waiting.set(file.file, { ...state, ...changed(state.stamp) })
      else if (taking === 'doubtful') {
        state.isRefused = true
        state.nextLook = clock() + times.settle
      } else {
        taken.add(file.stamp, taking.sha256, file.isCut ? null : state.zeroTail)
        makeKnown(file.file, file.stamp, taking.sha256)
      }
    },
    unfinished: () => [...waiting].flatMap(([name, { isNamed }]) => (isNamed ? [name] : [])).sort(),
    nextTurn() {
      const now = clock()
      let isYoung = false
      let wait = times.every
      for (const { since, nextLook } of waiting.values()) {
        if (now - since < times.settle) isYoung = true
        wait = Math.min(wait, Math.max(nextLook - now, shortestPause))
      }
      return { wait, isYoung }
    },
  }
}

const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
