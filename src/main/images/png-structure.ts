import { crc32 } from 'node:zlib'
import type { ByteSource } from './byte-source.ts'
import { ImageRefusal } from './refusal.ts'

const blockBytes = 1 << 20

/** CRC-32 of a part of a file, read in blocks. */
function crcOf(bytes: ByteSource, from: number, to: number): number {
  let crc = 0
  for (let at = from; at < to; at += blockBytes) {
    crc = crc32(bytes.read(at, Math.min(blockBytes, to - at)), crc)
  }
  return crc
}

/**
 * Checks the chunks of a PNG (ISO/IEC 15948, clause 5.3): every chunk is complete and has the right CRC, there is
 * image data, and IEND is reached. Decoders tolerate different defects, but an inspection image is used whole or not
 * at all. Refuses `truncated` and `corrupt`.
 */
export function checkPng(bytes: ByteSource): void {
  let at = 8
  let hasData = false
  for (;;) {
    const head = bytes.read(at, 8)
    if (head.length < 8) throw new ImageRefusal('truncated', { case: 'end-mark' })
    const length = head.readUInt32BE(0)
    const type = head.toString('latin1', 4, 8)
    if (!/^[A-Za-z]{4}$/.test(type)) {
      throw new ImageRefusal('corrupt', { case: 'png-no-chunk', at })
    }
    const end = at + 8 + length
    if (end + 4 > bytes.size) {
      throw new ImageRefusal('truncated', { case: 'chunk', type })
    }
    if (crcOf(bytes, at + 4, end) !== bytes.read(end, 4).readUInt32BE(0)) {
      throw new ImageRefusal('corrupt', { case: 'png-crc', type, at })
    }
    if (type === 'IDAT') hasData = true
    if (type === 'IEND') break
    at = end + 4
  }
  if (!hasData) throw new ImageRefusal('corrupt', { case: 'png-no-data' })
}
