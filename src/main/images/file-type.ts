import type { ImageFormat } from '../../shared/image.ts'
import type { Params } from '../../shared/messages/message.ts'
import type { ByteSource } from './byte-source.ts'
import { ImageRefusal } from './refusal.ts'

const startsWith = (head: Buffer, ascii: string, at = 0): boolean =>
  head.toString('latin1', at, at + ascii.length) === ascii

/** Recognizes file types that people try to import but that are not supported, so that the refusal can name them. */
function unsupportedType(head: Buffer): Params | null {
  if (startsWith(head, 'GIF8')) return { type: 'GIF' }
  if (startsWith(head, '8BPS')) return { type: 'Photoshop' }
  if (startsWith(head, '%PDF')) return { type: 'PDF' }
  if (startsWith(head, '\x76\x2f\x31\x01')) return { type: 'OpenEXR' }
  if (/^P[1-7][\s#]/.test(head.toString('latin1', 0, 3))) return { type: 'PNM' }
  if (startsWith(head, 'ftyp', 4)) return { case: 'video' }
  if (startsWith(head, '\xff\x0a') || startsWith(head, 'JXL ', 4)) return { type: 'JPEG XL' }
  if (startsWith(head, 'jP  ', 4) || startsWith(head, '\xff\x4f\xff\x51')) return { type: 'JPEG 2000' }
  if (startsWith(head, '\x00\x00\x01\x00')) return { case: 'icon' }
  if (startsWith(head, 'CR', 8) && startsWith(head, 'II')) return { case: 'camera-raw-cr2' }
  if (startsWith(head, 'FUJIFILMCCD-RAW') || startsWith(head, 'IIRO') || startsWith(head, 'IIU\0')) {
    return { case: 'camera-raw' }
  }
  if (/<svg[\s>]/i.test(head.toString('utf8'))) return { type: 'SVG' }
  return null
}

function knownFormat(head: Buffer): ImageFormat | null {
  if (startsWith(head, '\x89PNG\r\n\x1a\n')) return 'png'
  if (startsWith(head, '\xff\xd8\xff')) return 'jpeg'
  if (startsWith(head, 'RIFF') && startsWith(head, 'WEBP', 8)) return 'webp'
  // 42: TIFF, 43: BigTIFF
  if (/^(II[*+]\0|MM\0[*+])/.test(head.toString('latin1', 0, 4))) return 'tiff'
  // A text could also begin with 'BM'; the four reserved bytes of a bitmap file are zero.
  if (startsWith(head, 'BM') && head.length >= 18 && head.readUInt32LE(6) === 0) return 'bmp'
  return null
}

/**
 * The type of a file by its first bytes, never by its name.
 * Refuses `empty-file`, `unsupported-type` and `not-an-image`.
 */
export function fileType(bytes: ByteSource): ImageFormat {
  if (bytes.size === 0) throw new ImageRefusal('empty-file')
  const head = bytes.read(0, 1024)
  const unsupported = unsupportedType(head)
  if (unsupported) throw new ImageRefusal('unsupported-type', unsupported)
  const format = knownFormat(head)
  if (!format) throw new ImageRefusal('not-an-image')
  return format
}
