/** What a watch remembers of the pictures that it took: by which it knows a renamed file, and how pictures end here. */
import type { FileStamp } from './file-stamp.ts'

/** So many files and sizes are remembered; a line makes hundreds of thousands of files in a shift. */
const most = 10_000
const mostSizes = 64
/** The tails of so many newest files of one size are kept, and so many are needed. */
const tailsKept = 8
const tailsNeeded = 3

export interface TakenFiles {
  /** @param zeroTail null for a file that is not whole */
  add(stamp: FileStamp, sha256: string | null, zeroTail: number | null): void
  /** The hash of the picture that was taken from this very file, under whatever name it had then. */
  sha256Of(stamp: FileStamp): string | null
  /** The shortest zero tail of the newest files of this size, null before a few have come. */
  usualTail(size: bigint): number | null
}

export function createTakenFiles(): TakenFiles {
  const hashes = new Map<string, string>()
  const tails = new Map<bigint, number[]>()
  const keyOf = ({ inode, size, modified }: FileStamp): string => `${inode} ${size} ${modified}`
  return {
    add(stamp, sha256, zeroTail) {
      if (sha256 !== null && stamp.inode !== 0n) keepNewest(hashes, most, keyOf(stamp), sha256)
      if (zeroTail === null) return
      keepNewest(tails, mostSizes, stamp.size, [...(tails.get(stamp.size) ?? []), zeroTail].slice(-tailsKept))
    },
    sha256Of: (stamp) => hashes.get(keyOf(stamp)) ?? null,
    usualTail(size) {
      const known = tails.get(size) ?? []
      return known.length < tailsNeeded ? null : Math.min(...known)
    },
  }
}

/** Sets an entry as the newest, and removes the oldest where there are too many. */
function keepNewest<K, V>(map: Map<K, V>, limit: number, key: K, value: V): void {
  map.delete(key)
  map.set(key, value)
  for (const oldest of map.keys()) {
    if (map.size <= limit) break
    map.delete(oldest)
  }
}
