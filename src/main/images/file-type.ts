import type { ImageFormat } from '../../shared/image.ts'
import type { Params } from '../../shared/messages/message.ts'
import type { ByteSource } from './byte-source.ts'
import { ImageRefusal } from './refusal.ts'

const startsWith = (head: Buffer, ascii: string, at = 0): boolean =>
  head.toString('latin1', at, at + ascii.length) === ascii

/** Brands of files in the ISO base media format that hold pictures. */
const heifBrands = /^(heic|heix|heim|heis|hevc|hevx|mif1|msf1|avif|avis)$/

/** Recognizes file types that people try to import but that are not supported, so that the refusal can name them. */
function unsupportedType(head: Buffer): Params | null {
  if (startsWith(head, 'GIF8')) return { type: 'GIF' }
  if (startsWith(head, '8BPS')) return { type: 'Photoshop' }
  if (startsWith(head, '%PDF')) return { type: 'PDF' }
  if (startsWith(head, '\x76\x2f\x31\x01')) return { type: 'OpenEXR' }
  if (startsWith(head, 'SIMPLE  =')) return { type: 'FITS' }
  if (startsWith(head, 'DICM', 128)) return { type: 'DICOM' }
  if (startsWith(head, 'II\xbc\x01')) return { type: 'JPEG XR' }
  if (/^P[1-6]\s+(#[^\n]*\n\s*)*\d+\s+\d+\s|^P7\n|^P[Ff]\n/.test(head.toString('latin1', 0, 512)))
    return { type: 'PNM' }
  if (startsWith(head, 'ftyp', 4)) {
    const brand = head.toString('latin1', 8, 12)
    if (heifBrands.test(brand)) return { type: brand.startsWith('av') ? 'AVIF' : 'HEIC' }
    return { case: 'video' }
  }
  if (startsWith(head, '\0\0\0\x0cJXL \r\n\x87\n') || startsWith(head, '\xff\x0a')) return { type: 'JPEG XL' }
  if (startsWith(head, '\0\0\0\x0cjP  \r\n\x87\n') || startsWith(head, '\xff\x4f\xff\x51'))
    return { type: 'JPEG 2000' }
  if (startsWith(head, '\x00\x00\x01\x00') && head.length >= 22 && head[4] > 0 && head[5] === 0)
    return { case: 'icon' }
  if (/^(FUJIFILMCCD-RAW|IIRO|IIRS|MMOR|IIU\0)/.test(head.toString('latin1', 0, 16))) {
    return { case: 'camera-raw' }
  }
  // What begins like a text in XML; a photograph may have "<svg" in a comment.
  if (/^\ufeff?\s*</.test(head.toString('utf8')) && /<svg[\s>]/i.test(head.toString('utf8')))
    return { type: 'SVG' }
  return null
}

/** Sizes of the headers that bitmaps have. */
const bmpHeaders: ReadonlySet<number> = new Set([12, 16, 40, 52, 56, 64, 108, 124])

function knownFormat(head: Buffer): ImageFormat | null {
  if (startsWith(head, '\x89PNG\r\n\x1a\n')) return 'png'
  if (startsWith(head, '\xff\xd8\xff')) return 'jpeg'
  if (startsWith(head, 'RIFF') && startsWith(head, 'WEBP', 8)) return 'webp'
  // 42: TIFF, 43: BigTIFF
  if (/^(II[*+]\0|MM\0[*+])/.test(head.toString('latin1', 0, 4))) return 'tiff'
  // A text could also begin with 'BM'; in a bitmap the size of its next header follows, or four reserved bytes are zero.
  if (
    startsWith(head, 'BM') &&
    head.length >= 18 &&
    (bmpHeaders.has(head.readUInt32LE(14)) || head.readUInt32LE(6) === 0)
  )
    return 'bmp'
  return null
}

/** A raw file of Canon is a TIFF whose first 16 bytes are a header of its own. */
const isCanonRaw = (head: Buffer): boolean => startsWith(head, 'II*\0\x10\0\0\0CR\x02') && head.length >= 16

/**
 * The type of a file by its first bytes, never by its name.
 * Refuses `empty-file`, `unsupported-type` and `not-an-image`.
 */
export function fileType(bytes: ByteSource): ImageFormat {
  if (bytes.size === 0) throw new ImageRefusal('empty-file')
  const head = bytes.read(0, 1024)
  if (isCanonRaw(head)) throw new ImageRefusal('unsupported-type', { case: 'camera-raw-cr2' })
  // First what can be read: a photograph is not another type because of some bytes of its pixels or its comments.
  const format = knownFormat(head)
  if (format) return format
  const unsupported = unsupportedType(head)
  if (unsupported) throw new ImageRefusal('unsupported-type', unsupported)
  throw new ImageRefusal('not-an-image')
}
