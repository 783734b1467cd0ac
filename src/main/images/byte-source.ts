import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { ImageRefusal } from './refusal.ts'

/** Random access to a file's bytes or to bytes in memory, so that checks need not hold a whole file. */
export interface ByteSource {
  readonly size: number
  /** Up to `length` bytes from `offset`; fewer only at the end. */
  read(offset: number, length: number): Buffer
}

export type ImageSource = string | Uint8Array

function bytesSource(bytes: Uint8Array): ByteSource {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return { size: buffer.length, read: (offset, length) => buffer.subarray(offset, offset + length) }
}

/**
 * Opens `source` and keeps it open while `use` runs. A file that cannot be opened or read is refused as `unreadable`.
 */
export function withBytes<T>(source: ImageSource, use: (bytes: ByteSource) => T): T {
  if (typeof source !== 'string') return use(bytesSource(source))
  let fd: number | undefined
  try {
    fd = openSync(source, 'r')
    const file = fd
    const stat = fstatSync(file)
    if (!stat.isFile()) throw new ImageRefusal('unreadable', { case: 'not-a-file' })
    return use({
      size: stat.size,
      read(offset, length) {
        const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(length, stat.size - offset)))
        let filled = 0
        while (filled < buffer.length) {
          const count = readSync(file, buffer, filled, buffer.length - filled, offset + filled)
          if (count === 0) break
          filled += count
        }
        return buffer.subarray(0, filled)
      },
    })
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) {
      throw new ImageRefusal('unreadable', { words: error.message }, { cause: error })
    }
    throw error
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}
