/** What the system says of a file without its content being read: enough to see that it was written again. */
import { stat } from 'node:fs/promises'
import type { ArrivedFile } from '../../store/live.ts'

export interface FileStamp {
  size: bigint
  /** When it was last written, and when anything of it last changed; nanoseconds since 1970. */
  modified: bigint
  changed: bigint
  /** The number of the file on its disk, which stays when it is renamed; 0 where there is none. */
  inode: bigint
}

/** Null where there is no file of this name any more, or something else than a file. */
export async function stampOf(path: string): Promise<FileStamp | null> {
  try {
    const state = await stat(path, { bigint: true })
    if (!state.isFile()) return null
    return { size: state.size, modified: state.mtimeNs, changed: state.ctimeNs, inode: state.ino }
  } catch {
    return null
  }
}

/** The number of the file is left out: some network drives give it anew at each look. */
export const isSameStamp = (a: FileStamp, b: FileStamp): boolean =>
  a.size === b.size && a.modified === b.modified && a.changed === b.changed

const second = 1_000_000_000n

/** The file as a row of the database has it. */
export function arrivedFile(file: string, { size, modified }: FileStamp): ArrivedFile {
  const seconds = modified >= 0n ? modified / second : -((-modified + second - 1n) / second)
  const nanoseconds = modified - seconds * second
  // The sum that Node gives as mtimeMs, with the same rounding: rows of earlier versions have it.
  const modifiedAt = Math.floor(Number(seconds) * 1000 + Number(nanoseconds) / 1e6)
  return { file, bytes: Number(size), modifiedAt }
}

/** Writing sets both times to the present one; who sets a time afterwards leaves them apart. */
const apart = 2n * second

/**
 * Whether a file that has the same content as before may not have been written since: its times were set, as programs
 * that copy files do at their end, or nothing but its attributes has changed.
 */
export function mayBeTouched(before: FileStamp, now: FileStamp): boolean {
  if (before.size !== now.size) return false
  if (before.modified === now.modified) return true
  if (before.inode !== now.inode) return false
  const between = now.changed - now.modified
  return between > apart || between < -apart
}
