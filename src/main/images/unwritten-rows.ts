import type { ByteSource } from './byte-source.ts'
import { ImageRefusal } from './refusal.ts'

const blockBytes = 1 << 18
/** A run of so many zeros before the end shows that black occurs in the picture itself. */
const blackRun = Buffer.alloc(16)

/** Where the zeros begin with which a part of a file ends. */
function zerosFrom(bytes: ByteSource, from: number, to: number): number {
  for (let end = to; end > from; end -= blockBytes) {
    const start = Math.max(from, end - blockBytes)
    const block = bytes.read(start, end - start)
    for (let i = block.length - 1; i >= 0; i--) if (block[i] !== 0) return start + i + 1
  }
  return from
}

function hasBlack(bytes: ByteSource, from: number, to: number): boolean {
  for (let at = from; at < to; at += blockBytes - blackRun.length) {
    if (bytes.read(at, Math.min(blockBytes, to - at)).includes(blackRun)) return true
  }
  return false
}

/**
 * Refuses as `truncated` pixels, stored without compression, that were not written to their end: a program had
 * reserved the file's size, and its rest is zeros. Black that belongs to the picture is told from that: it begins with
 * a row, or occurs elsewhere too.
 *
 * @param from where the pixels begin in the file, and `to` where they end
 * @param rowBytes bytes from one row to the next, of which `usedBytes` are pixels
 */
export function requireWritten(
  bytes: ByteSource,
  from: number,
  to: number,
  { rowBytes, usedBytes }: { rowBytes: number; usedBytes: number },
): void {
  const zeros = zerosFrom(bytes, from, to)
  if (zeros === from || to - zeros < Math.max(2 * rowBytes, 256)) return
  const inRow = (zeros - from) % rowBytes
  // The upper byte of a dark 16-bit sample, or an unused last one of four, may be zero.
  if (inRow <= 3 || inRow >= usedBytes - 3 || hasBlack(bytes, from, zeros)) return
  throw new ImageRefusal('truncated', { case: 'zeros' })
}
