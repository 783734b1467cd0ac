import type { ByteSource } from './byte-source.ts'
import { ImageRefusal } from './refusal.ts'

/** Refuses as `truncated` a WebP that is shorter than its RIFF header says. */
export function checkWebp(bytes: ByteSource): void {
  const head = bytes.read(0, 12)
  if (head.length < 12 || 8 + head.readUInt32LE(4) > bytes.size) {
    throw new ImageRefusal('truncated', { case: 'shorter' })
  }
}
