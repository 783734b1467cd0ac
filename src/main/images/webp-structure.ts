import type { ByteSource } from './byte-source.ts'
import { ImageRefusal } from './refusal.ts'

/**
 * So many zero bytes at the end of coded data are no picture: an encoder pads with a few at most. They are what a
 * program leaves that reserved the file's size and did not write all of it.
 */
const mostZeros = 64

/** Refuses as `truncated` a WebP that is shorter than its RIFF header says, or whose end was never written. */
export function checkWebp(bytes: ByteSource): void {
  const head = bytes.read(0, 12)
  const end = head.length < 12 ? Number.POSITIVE_INFINITY : 8 + head.readUInt32LE(4)
  if (end > bytes.size) throw new ImageRefusal('truncated', { case: 'shorter' })
  const tail = bytes.read(Math.max(12, end - mostZeros), Math.min(mostZeros, end - 12))
  if (tail.length === mostZeros && tail.every((byte) => byte === 0)) {
    throw new ImageRefusal('truncated', { case: 'zeros' })
  }
}
