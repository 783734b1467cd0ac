/** Which page of a TIFF is the photograph, and whether it is of a kind that can be read. */
import { elementAt } from '../../shared/element-at.ts'
import { type Message, message, type Params } from '../../shared/messages/message.ts'
import { ImageRefusal } from './refusal.ts'
import type { Tiff, TiffPage } from './tiff-structure.ts'

const unsupported = (params: Params): ImageRefusal => new ImageRefusal('unsupported-type', params)

/** Names of compressions by their number in the file; `null` where libtiff of this build reads them. */
const compressions: Record<number, string | null | undefined> = {
  1: null,
  2: null,
  3: null,
  4: null,
  5: null,
  6: 'old-style JPEG',
  7: null,
  8: null,
  9: 'JBIG',
  10: 'JBIG',
  32766: 'NeXT',
  32767: 'Sony ARW',
  32769: 'packed raw',
  32770: 'Samsung SRW',
  32771: null,
  32773: null,
  32809: 'ThunderScan',
  32895: 'IT8 CT',
  32896: 'IT8 LW',
  32908: 'Pixar film',
  32909: 'PixarLog',
  32946: null,
  33003: 'JPEG 2000 (Aperio)',
  33004: 'JPEG 2000 (Aperio)',
  33005: 'JPEG 2000 (Aperio)',
  33007: 'JPEG (Hamamatsu)',
  34661: 'JBIG',
  34676: 'SGI LogLuv',
  34677: 'SGI LogLuv',
  34712: 'JPEG 2000',
  34713: 'Nikon NEF',
  34715: 'JBIG2',
  34887: 'LERC',
  34892: 'lossy JPEG (DNG)',
  34925: 'LZMA',
  34926: 'Zstandard',
  34927: 'WebP',
  34933: 'PNG',
  34934: 'JPEG XR',
  50000: 'Zstandard',
  50001: 'WebP',
  50002: 'JPEG XL',
  52546: 'JPEG XL (DNG)',
  65000: 'Kodak DCR',
  65535: 'Pentax PEF',
}

const rawCompressions: ReadonlySet<number> = new Set([32767, 32769, 32770, 34713, 34892, 52546, 65000, 65535])

/** Color spaces (PhotometricInterpretation) that are named in a refusal. */
const colorSpaces: Record<number, string | undefined> = {
  8: 'CIE L*a*b*',
  9: 'ICC L*a*b*',
  10: 'ITU L*a*b*',
  32844: 'CIE LogL',
  32845: 'CIE LogLuv',
  51177: 'depth map',
}
/** Gray with zero as white or black, RGB, palette, mask, CMYK, YCbCr. */
const readColorSpaces: ReadonlySet<number> = new Set([0, 1, 2, 3, 4, 5, 6])
/** Color filter array, and its values after linearization: what camera raw files hold. */
const rawColorSpaces: ReadonlySet<number> = new Set([32803, 34892])

const colorsOf = ({ photometric }: TiffPage): number =>
  photometric === 2 || photometric === 6 ? 3 : photometric === 5 ? 4 : 1

/** Whether page `a` shows the same as `b` in at most half of its sides: a preview that nobody marked as one. */
function isSmallCopy(a: TiffPage, b: TiffPage): boolean {
  if (a.width * 2 > b.width || a.height * 2 > b.height) return false
  const [across, down] = [b.width / a.width, b.height / a.height]
  return Math.abs(across - down) / Math.max(across, down) < 0.05
}

export interface PhotographPage {
  page: TiffPage
  /** Counted from 0. */
  index: number
  warnings: Message[]
  /** The last band is neither a color nor known to be alpha. */
  hasUnknownBand: boolean
}

/**
 * The page that is the photograph: the first one that is neither a preview nor a mask. Refuses, as `unsupported-type`
 * with what it is, a page whose kind cannot be read exactly, and camera raw files.
 */
export function photographPage(tiff: Tiff): PhotographPage {
  const { pages, brokenTags } = tiff
  const { page, index } = pageOfPhotograph(tiff)
  requireReadable(page)
  const warnings: Message[] = []
  const stack = Number(/^images=(\d+)$/m.exec(page.imageJ ?? '')?.[1] ?? 0)
  const count = Math.max(pages.length, stack)
  if (index > 0) warnings.push(message('preview-page-left', { page: index + 1, pages: count }))
  else if (count > 1) warnings.push(message('first-page-only', { pages: count }))
  if (page.photometric === null) warnings.push(message('tiff-colors-unstated'))
  if (brokenTags.length > 0) warnings.push(message('tiff-tags-broken', { tags: brokenTags.join(', ') }))
  return { page, index, warnings, hasUnknownBand: hasUnknownBand(page) }
}

/** The same page, whether it can be read or not. @throws ImageRefusal where there is none, or it is a camera raw file */
export function pageOfPhotograph({ pages }: Tiff): { page: TiffPage; index: number } {
  const candidates = pages.flatMap((page, index) =>
    page.isPreview || page.isMask || page.starts.length === 0 ? [] : [{ page, index }],
  )
  if (pages.some(isCameraRaw)) throw unsupported({ case: 'camera-raw' })
  const [first] = candidates
  if (first === undefined) {
    if (pages.some(({ hasSubDirectories }) => hasSubDirectories)) throw unsupported({ case: 'camera-raw' })
    if (pages.every(({ starts }) => starts.length === 0))
      throw new ImageRefusal('corrupt', { case: 'tiff-no-data', page: 1 })
    throw unsupported({ case: 'tiff-preview-only' })
  }
  const larger = candidates.filter(({ page }) => isSmallCopy(first.page, page))
  const [whole = first] = larger.sort((a, b) => b.page.width - a.page.width)
  return whole
}

const isCameraRaw = ({ isDng, photometric, compression }: TiffPage): boolean =>
  isDng || rawColorSpaces.has(photometric ?? -1) || rawCompressions.has(compression)

function hasUnknownBand(page: TiffPage): boolean {
  if (page.samples - colorsOf(page) !== 1) return false
  const [kind = 0] = page.extraSamples
  return kind !== 1 && kind !== 2
}

function requireReadable(page: TiffPage): void {
  const { compression, bits, sampleFormat, samples, photometric } = page
  const depth = elementAt(bits, 0, 'bits of a sample')
  const name = compressions[compression]
  if (name !== null) throw unsupported({ case: 'tiff-compression', compression: name ?? `${compression}` })
  if (photometric !== null && !readColorSpaces.has(photometric)) {
    throw unsupported({ case: 'tiff-colors', colors: colorSpaces[photometric] ?? `${photometric}` })
  }
  if (sampleFormat === 2) throw unsupported({ case: 'samples-signed', bits: depth })
  if (sampleFormat === 3) throw unsupported({ case: 'samples-float', bits: depth })
  if (sampleFormat === 5 || sampleFormat === 6) throw unsupported({ case: 'samples-complex', bits: depth })
  if (depth > 16) throw unsupported({ case: 'samples-unsigned', bits: depth })
  if (bits.some((other) => other !== depth))
    throw unsupported({ case: 'samples-mixed', bits: bits.join(', ') })
  if (samples < 1 || samples > colorsOf(page) + 1) throw unsupported({ case: 'bands', bands: samples })
  if (isPacked(page) ? !canUnpack(page) : depth < 8 && samples > 1) {
    throw unsupported({
      case: 'samples-packed',
      bits: depth,
      samples,
      compression: compressionName(compression),
    })
  }
  if (depth !== 8 && compression === 7) throw unsupported({ case: 'jpeg-bits', bits: depth })
}

const readNames: Record<number, string | undefined> = {
  1: 'no',
  5: 'LZW',
  7: 'JPEG',
  8: 'Deflate',
  32773: 'PackBits',
  32946: 'Deflate',
}
const compressionName = (compression: number): string =>
  readNames[compression] ?? compressions[compression] ?? `${compression}`

/** Whether its samples have a number of bits that libvips does not read: those of 10-, 12- and 14-bit cameras. */
export function isPacked({ bits, compression }: TiffPage): boolean {
  const [depth = 1] = bits
  return ![1, 2, 4, 8, 16].includes(depth) && compression !== 7
}

/** Whether `unpackTiff` reads it. */
function canUnpack(page: TiffPage): boolean {
  const [depth = 1] = page.bits
  return (
    depth > 8 &&
    [1, 8, 32946].includes(page.compression) &&
    (page.fillOrder === 1 || page.compression === 1) &&
    !page.tiled &&
    page.planar === 1 &&
    page.predictor === 1 &&
    [0, 1, 2].includes(page.photometric ?? 1) &&
    page.samples === colorsOf(page)
  )
}
