/**
 * The structure of a JPEG (ITU-T T.81, annex B). libjpeg decodes a file whose end was never written, or was written as
 * zeros, into a picture that is gray from there on; here such a file is found by its missing end mark.
 */
import type { ByteSource } from './byte-source.ts'
import { ImageRefusal } from './refusal.ts'

export interface JpegStructure {
  /** Bits of a sample. */
  bits: number
  components: number
  /** Whether Adobe's marker says how its colors are to be read. */
  hasAdobeMarker: boolean
}

const blockBytes = 1 << 18

const marker = { startOfScan: 0xda, end: 0xd9, start: 0xd8, jpegLs: 0xf7, adobe: 0xee } as const

/** Markers without a segment: those of restarts, the start, and TEM. */
const isAlone = (code: number): boolean => code === 0x01 || (code >= 0xd0 && code <= 0xd8)

/** Start of frame: C0 to CF without the tables C4, C8 and CC. */
const isFrame = (code: number): boolean =>
  code >= 0xc0 && code <= 0xcf && code !== 0xc4 && code !== 0xc8 && code !== 0xcc

/** Lossless frames, and hierarchical ones. */
const otherFrames: Record<number, string | undefined> = {
  195: 'lossless',
  197: 'hierarchical',
  198: 'hierarchical',
  199: 'hierarchical',
  203: 'lossless, arithmetic coding',
  205: 'hierarchical',
  206: 'hierarchical',
  207: 'hierarchical',
}

/** Reads a file byte by byte, forwards, in blocks. */
function reader(bytes: ByteSource, start: number) {
  let [block, from, at] = [bytes.read(start, blockBytes), start, 0]
  const refill = (): boolean => {
    from += at
    block = bytes.read(from, blockBytes)
    at = 0
    return block.length > 0
  }
  return {
    /** The next byte, or -1 at the end. */
    next: (): number => (at < block.length || refill() ? block[at++] : -1),
    skip(count: number): void {
      at += count
      if (at > block.length) refill()
    },
    /** Goes on to the next byte of value 255; false at the end. */
    toMarker(): boolean {
      for (;;) {
        const found = at < block.length ? block.indexOf(0xff, at) : -1
        if (found >= 0) {
          at = found
          return true
        }
        at = block.length
        if (!refill()) return false
      }
    },
  }
}

/**
 * Walks the markers of a JPEG up to its end mark; what lies behind that, such as a second picture or what a camera
 * adds, does not matter. Refuses `truncated`, `corrupt`, and as `unsupported-type` what the decoder cannot read.
 */
export function checkJpeg(bytes: ByteSource): JpegStructure {
  const read = reader(bytes, 2)
  let frame: Pick<JpegStructure, 'bits' | 'components'> | null = null
  let [hasAdobeMarker, hasScan] = [false, false]
  for (;;) {
    if (!read.toMarker()) throw new ImageRefusal('truncated', { case: 'end-mark' })
    let code = read.next()
    while (code === 0xff) code = read.next()
    // 0 follows a byte 255 that is data.
    if (code === 0 || isAlone(code)) continue
    if (code === marker.end) break
    const length = (read.next() << 8) | read.next()
    if (code < 0 || length < 0) throw new ImageRefusal('truncated', { case: 'end-mark' })
    const body = length - 2
    if (body < 0) {
      // Between the data of scans stands no segment shorter than its own length: this was damaged data.
      if (hasScan) continue
      throw new ImageRefusal('corrupt', { case: 'jpeg-segment' })
    }
    if (code === marker.jpegLs) throw new ImageRefusal('unsupported-type', { type: 'JPEG-LS' })
    if (code === marker.startOfScan) hasScan = true
    if (isFrame(code) && frame === null && body >= 6) {
      const bits = read.next()
      read.skip(4)
      frame = { bits, components: read.next() }
      const kind = otherFrames[code]
      if (bits !== 8 || (kind !== undefined && kind !== 'lossless')) {
        throw new ImageRefusal('unsupported-type', {
          case: kind === undefined ? 'jpeg-bits' : 'jpeg-kind',
          bits,
          ...(kind === undefined ? {} : { kind }),
        })
      }
      read.skip(body - 6)
    } else if (code === marker.adobe && body >= 5) {
      const name = [read.next(), read.next(), read.next(), read.next(), read.next()]
      if (String.fromCharCode(...name) === 'Adobe') hasAdobeMarker = true
      read.skip(body - 5)
    } else {
      read.skip(body)
    }
  }
  if (frame === null || !hasScan) throw new ImageRefusal('corrupt', { case: 'jpeg-no-data' })
  return { ...frame, hasAdobeMarker }
}
