/**
 * Tells whether the end of a picture file has been written, as far as its format lets one know. Someone else may still
 * be writing the file: a PNG, a JPEG or a WebP says where it ends, and so does the header of a BMP or the directory of
 * a TIFF. But where the writer reserved the full size first, what is missing is zeros, and in a BMP or an uncompressed
 * TIFF zeros are black pixels.
 */
import { readBmpHeader } from './bmp.ts'
import type { ByteSource } from './byte-source.ts'
import { fileType } from './file-type.ts'
import { ImageRefusal } from './refusal.ts'
import { readTiff } from './tiff-structure.ts'

export interface FileEnd {
  /**
   * `reached`: the end is there, or nothing that could still come would make a picture of it. `missing`: the file ends
   * too early, or what is there instead of its end is zeros. `untold`: it may be whole; the format cannot tell.
   */
  end: 'reached' | 'missing' | 'untold'
  /** The number of zero bytes at the end of the file. */
  zeroTail: number
}

/** Fewer zero bytes at the end than this are not taken for a part that was never written. */
const leastZeroTail = 32

const blockBytes = 1 << 16
const zeros = Buffer.alloc(blockBytes)

/** @throws ImageRefusal `unreadable` where the file cannot be read */
export function fileEnd(bytes: ByteSource): FileEnd {
  const zeroTail = zerosAtEnd(bytes)
  return { end: endOf(bytes, zeroTail), zeroTail }
}

function endOf(bytes: ByteSource, zeroTail: number): FileEnd['end'] {
  if (zeroTail === bytes.size) return 'missing'
  const isDoubtful = zeroTail >= leastZeroTail
  try {
    switch (fileType(bytes)) {
      case 'png':
        return endOfPng(bytes, zeroTail)
      case 'jpeg':
        return endOfJpeg(bytes)
      case 'webp': {
        const head = bytes.read(0, 12)
        if (8 + head.readUInt32LE(4) > bytes.size) return 'missing'
        return isDoubtful ? 'untold' : 'reached'
      }
      case 'bmp': {
        const { dataAt, rowBytes, width, height, bits } = readBmpHeader(bytes)
        // Some writers leave out the padding of the last row.
        const lastRow = Math.ceil((width * bits) / 8)
        if (dataAt + rowBytes * (height - 1) + lastRow > bytes.size) return 'missing'
        return isDoubtful ? 'untold' : 'reached'
      }
      case 'tiff':
        readTiff(bytes)
        return isDoubtful ? 'untold' : 'reached'
    }
  } catch (error) {
    if (!(error instanceof ImageRefusal)) throw error
    return endOfRefused(bytes, error, isDoubtful)
  }
}

/** Of a file whose header or structure is refused: whether that may be because it is not all there. */
function endOfRefused(bytes: ByteSource, refusal: ImageRefusal, isDoubtful: boolean): FileEnd['end'] {
  switch (refusal.code) {
    case 'unreadable':
      throw refusal
    case 'truncated':
      return 'missing'
    case 'not-an-image':
      return mayBecomeImage(bytes.read(0, 18)) ? 'missing' : 'reached'
    case 'corrupt':
      // The place of the directory is what many programs write last in a TIFF.
      return refusal.params.case === 'tiff-no-page' ? 'missing' : 'untold'
    default:
      return isDoubtful ? 'untold' : 'reached'
  }
}

const beginnings = [
  '\x89PNG\r\n\x1a\n',
  '\xff\xd8\xff',
  'RIFF',
  'II*\0',
  'MM\0*',
  'II+\0',
  'MM\0+',
  'BM',
].map((text) => Buffer.from(text, 'latin1'))

/** Whether these first bytes are the beginning of a beginning that is known, or zeros that are yet to be filled. */
function mayBecomeImage(head: Buffer): boolean {
  if (head.every((byte) => byte === 0)) return true
  return beginnings.some((beginning) => {
    const length = Math.min(beginning.length, head.length)
    return head.subarray(0, length).equals(beginning.subarray(0, length))
  })
}

/** Walks the chunks of a PNG to its IEND, without reading what is in them. */
function endOfPng(bytes: ByteSource, zeroTail: number): FileEnd['end'] {
  for (let at = 8; ; ) {
    const head = bytes.read(at, 8)
    if (head.length < 8) return 'missing'
    const type = head.toString('latin1', 4, 8)
    if (!/^[A-Za-z]{4}$/.test(type)) return at >= bytes.size - zeroTail ? 'missing' : 'untold'
    at += 12 + head.readUInt32BE(0)
    if (at > bytes.size) return 'missing'
    if (type === 'IEND') return 'reached'
  }
}

const marker = {
  startOfScan: 0xda,
  endOfImage: 0xd9,
  temporary: 0x01,
  firstRestart: 0xd0,
  startOfImage: 0xd8,
}

/** Walks the segments and scans of a JPEG (ITU-T T.81, annex B) to its end mark. */
function endOfJpeg(bytes: ByteSource): FileEnd['end'] {
  const last = bytes.read(bytes.size - 2, 2)
  if (last[0] === 0xff && last[1] === marker.endOfImage) return 'reached'
  for (let at = 2; ; ) {
    const next = nextMarker(bytes, at)
    if (next === null) return 'missing'
    at = next.after
    if (next.code === marker.endOfImage) return 'reached'
    const hasLength =
      next.code !== marker.temporary && (next.code < marker.firstRestart || next.code > marker.startOfImage)
    if (!hasLength) continue
    const length = bytes.read(at, 2)
    if (length.length < 2) return 'missing'
    at += length.readUInt16BE(0)
  }
}

/** The next marker from here on: skips what a scan holds, in which every 0xFF of the data is followed by a zero. */
function nextMarker(bytes: ByteSource, from: number): { code: number; after: number } | null {
  for (let at = from; at < bytes.size; ) {
    const block = bytes.read(at, blockBytes)
    if (block.length < 2) return null
    for (let i = block.indexOf(0xff); i !== -1 && i + 1 < block.length; i = block.indexOf(0xff, i + 1)) {
      const code = block[i + 1]
      // 0: a 0xFF of the data. 0xFF: a fill byte before a marker.
      if (code !== 0 && code !== 0xff) return { code, after: at + i + 2 }
    }
    // The last byte is looked at again, because it may be the first of a marker.
    at += block.length - 1
    if (at + 1 >= bytes.size) return null
  }
  return null
}

function zerosAtEnd(bytes: ByteSource): number {
  for (let end = bytes.size; end > 0; ) {
    const start = Math.max(0, end - blockBytes)
    const block = bytes.read(start, end - start)
    if (!block.equals(zeros.subarray(0, block.length))) {
      let last = block.length - 1
      while (block[last] === 0) last--
      return bytes.size - (start + last + 1)
    }
    end = start
  }
  return bytes.size
}
