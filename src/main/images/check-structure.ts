/** Checks a file before it is decoded, and says what of it the decoder is given. */
import type { ImageFormat } from '../../shared/image.ts'
import type { Message } from '../../shared/messages/message.ts'
import { type ByteSource, type ImageSource, withBytes } from './byte-source.ts'
import { checkJpeg, type JpegStructure } from './jpeg-structure.ts'
import { bytesWithout, checkPng } from './png-structure.ts'
import { hasOrientation, withNewDirectory } from './tiff-directory.ts'
import { photographPage } from './tiff-page.ts'
import { readTiff, type TiffPage } from './tiff-structure.ts'
import { requireWritten } from './unwritten-rows.ts'
import { checkWebp } from './webp-structure.ts'

/** A file that is whole, as the decoder is given it. */
export interface Readable {
  /** The file itself, or its bytes without what would only disturb. */
  source: ImageSource
  /** The page to decode, counted from 0. */
  page: number
  warnings: Message[]
  /** The page of a TIFF; null for other formats. */
  tiff: TiffPage | null
  /** Null for other formats. */
  jpeg: JpegStructure | null
  /** Its last band is neither a color nor known to be alpha. */
  hasUnknownBand: boolean
}

/** @throws ImageRefusal where the file is not whole, or is of a kind that cannot be read */
export function checkStructure(source: ImageSource, format: ImageFormat): Readable {
  const readable: Readable = {
    source,
    page: 0,
    warnings: [],
    tiff: null,
    jpeg: null,
    hasUnknownBand: false,
  }
  return withBytes(source, (bytes) => {
    if (format === 'jpeg') return { ...readable, jpeg: checkJpeg(bytes) }
    if (format === 'webp') checkWebp(bytes)
    if (format === 'png') {
      const { leftOut, warnings } = checkPng(bytes)
      return {
        ...readable,
        warnings,
        ...(leftOut.length > 0 ? { source: bytesWithout(bytes, leftOut) } : {}),
      }
    }
    if (format === 'tiff') {
      const tiff = readTiff(bytes)
      const { page, index, warnings, hasUnknownBand } = photographPage(tiff)
      requireRows(bytes, page)
      const isSound = tiff.brokenTags.length === 0 && page.photometric !== null && hasOrientation(page)
      return {
        ...readable,
        ...(isSound ? { page: index } : { source: withNewDirectory(bytes, tiff, page) }),
        tiff: page,
        warnings,
        hasUnknownBand,
      }
    }
    return readable
  })
}

/** Where the pixels of a page are stored as they are and end the file, they must have been written to their end. */
function requireRows(bytes: ByteSource, page: TiffPage): void {
  const { starts, lengths, width, samples, planar, compression, tiled } = page
  if (compression !== 1 || tiled || lengths.length !== starts.length) return
  const from = starts.reduce((least, start) => Math.min(least, start), bytes.size)
  const to = starts.reduce((most, start, i) => Math.max(most, start + lengths[i]), 0)
  if (to < bytes.size - 16) return
  const rowBytes = Math.ceil((width * page.bits[0] * (planar === 1 ? samples : 1)) / 8)
  requireWritten(bytes, from, to, { rowBytes, usedBytes: rowBytes })
}
