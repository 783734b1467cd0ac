/** The structure of a PNG (ISO/IEC 15948, clause 5.3): its chunks, checked before they are decoded. */
import { crc32 } from 'node:zlib'
import { type Message, message } from '../../shared/messages/message.ts'
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

const critical: ReadonlySet<string> = new Set(['IHDR', 'PLTE', 'IDAT', 'IEND'])

/** Whether a decoder may pass over the chunk, by its name. One that differs from a needed name only in case may not. */
const isAncillary = (type: string): boolean =>
  /^[a-z][A-Za-z][A-Z][A-Za-z]$/.test(type) && !critical.has(type.toUpperCase())

/** Number of bytes at the end of a file that, where all are zero, were never written. */
const zeroTail = 32

function endsInZeros(bytes: ByteSource): boolean {
  const tail = bytes.read(Math.max(0, bytes.size - zeroTail), zeroTail)
  return tail.length === zeroTail && tail.every((byte) => byte === 0)
}

export interface PngStructure {
  /** Parts of the file, from and up to a byte, that must not reach the decoder. */
  leftOut: { from: number; to: number }[]
  warnings: Message[]
}

/** Gray and RGB without alpha, where `tRNS` names one color that is transparent. */
const colorTypesWithKey: ReadonlySet<number> = new Set([0, 2])

/**
 * Checks the chunks of a PNG: each that the picture needs is complete and has the right CRC, there is image data, and
 * IEND is reached. Decoders tolerate different defects, but an inspection image is used whole or not at all; a comment
 * that is damaged costs only itself. Refuses `truncated`, `corrupt` and `unsupported-type`.
 */
export function checkPng(bytes: ByteSource): PngStructure {
  const leftOut: PngStructure['leftOut'] = []
  const warnings: Message[] = []
  let at = 8
  let hasData = false
  let colorType = -1
  const refuse = (params: { case: string; type?: string }): ImageRefusal =>
    endsInZeros(bytes)
      ? new ImageRefusal('truncated', { case: 'zeros' })
      : new ImageRefusal('corrupt', { ...params, at })
  for (;;) {
    const head = bytes.read(at, 8)
    if (head.length < 8) throw new ImageRefusal('truncated', { case: 'end-mark' })
    const length = head.readUInt32BE(0)
    const type = head.toString('latin1', 4, 8)
    const isName = /^[A-Za-z]{4}$/.test(type)
    if (at === 8 && type !== 'IHDR') {
      if (isName && type === 'CgBI') throw new ImageRefusal('unsupported-type', { case: 'png-chunk', type })
      throw refuse({ case: 'png-no-chunk' })
    }
    const end = at + 8 + length
    if (end + 4 > bytes.size) {
      if (!isName) throw refuse({ case: 'png-no-chunk' })
      throw new ImageRefusal('truncated', { case: 'chunk', type })
    }
    const isWhole = crcOf(bytes, at + 4, end) === bytes.read(end, 4).readUInt32BE(0)
    if (critical.has(type)) {
      if (!isWhole) throw refuse({ case: 'png-crc', type })
      if (type === 'IHDR' && length >= 10) colorType = bytes.read(at + 17, 1)[0]
      if (type === 'IDAT') hasData = true
      if (type === 'IEND') break
    } else if (!isWhole || !isName) {
      // A damaged chunk of a comment, and a whole one whose name no decoder takes.
      if (isName ? !isAncillary(type) : !isWhole)
        throw refuse({ case: isName ? 'png-crc' : 'png-no-chunk', type })
      leftOut.push({ from: at, to: end + 4 })
      warnings.push(message('png-chunk-left', { type: isName ? type : [...head.subarray(4)].join(' ') }))
    } else if (!isAncillary(type)) {
      throw new ImageRefusal('unsupported-type', { case: 'png-chunk', type })
    } else if (type === 'tRNS' && colorTypesWithKey.has(colorType)) {
      leftOut.push({ from: at, to: end + 4 })
      warnings.push(message('transparency-left'))
    } else if (type === 'acTL' && length >= 4) {
      const frames = bytes.read(at + 8, 4).readUInt32BE(0)
      if (frames > 1) warnings.push(message('first-frame-only', { frames }))
    }
    at = end + 4
  }
  if (!hasData) throw new ImageRefusal('corrupt', { case: 'png-no-data' })
  return { leftOut, warnings }
}

/** The bytes of a file without some parts of it. */
export function bytesWithout(bytes: ByteSource, parts: PngStructure['leftOut']): Buffer {
  const kept: Buffer[] = []
  let at = 0
  for (const { from, to } of [...parts, { from: bytes.size, to: bytes.size }]) {
    kept.push(bytes.read(at, from - at))
    at = to
  }
  return Buffer.concat(kept)
}
