/** The structure of a TIFF (TIFF 6.0 and BigTIFF): its pages, and whether all of their data is in the file. */
import type { Params } from '../../shared/messages/message.ts'
import type { ByteSource } from './byte-source.ts'
import { ImageRefusal } from './refusal.ts'

const tag = {
  subfileType: 254,
  oldSubfileType: 255,
  width: 256,
  height: 257,
  bitsPerSample: 258,
  compression: 259,
  photometric: 262,
  fillOrder: 266,
  description: 270,
  stripOffsets: 273,
  orientation: 274,
  samplesPerPixel: 277,
  rowsPerStrip: 278,
  stripByteCounts: 279,
  planar: 284,
  predictor: 317,
  tileOffsets: 324,
  tileByteCounts: 325,
  subDirectories: 330,
  extraSamples: 338,
  sampleFormat: 339,
  dngVersion: 50706,
} as const

const knownTags: ReadonlySet<number> = new Set(Object.values(tag))
/** Tags without which a page cannot be read. */
const needed: ReadonlySet<number> = new Set([
  tag.width,
  tag.height,
  tag.bitsPerSample,
  tag.compression,
  tag.stripOffsets,
  tag.stripByteCounts,
  tag.tileOffsets,
  tag.tileByteCounts,
])

/** Bytes of one value by TIFF field type (TIFF 6.0, section 2, and BigTIFF's 16 to 18). */
const typeBytes: Record<number, number | undefined> = {
  1: 1,
  2: 1,
  3: 2,
  4: 4,
  5: 8,
  6: 1,
  7: 1,
  8: 2,
  9: 4,
  10: 8,
  11: 4,
  12: 8,
  13: 4,
  16: 8,
  17: 8,
  18: 8,
}

/** Types of integers; every value that is read here is one. */
const integers: ReadonlySet<number> = new Set([1, 3, 4, 6, 8, 9, 13, 16, 17, 18])

/** One page, with the values of its fields or their defaults in TIFF 6.0. */
export interface TiffPage {
  width: number
  height: number
  /** Bits of each sample of a pixel. */
  bits: number[]
  /** By number: 1 unsigned, 2 signed, 3 floating point, 4 undefined, 5 and 6 complex. */
  sampleFormat: number
  samples: number
  compression: number
  /** Null where the field is missing. */
  photometric: number | null
  fillOrder: number
  predictor: number
  /** Samples of a pixel lie side by side (1) or in planes (2). */
  planar: number
  orientation: number
  rowsPerStrip: number
  tiled: boolean
  /** What the samples beyond the colors are: 1 and 2 alpha, 0 unknown. */
  extraSamples: number[]
  /** A smaller copy of another page. */
  isPreview: boolean
  /** A transparency mask of another page. */
  isMask: boolean
  hasSubDirectories: boolean
  isDng: boolean
  /** What it says of itself; only where ImageJ wrote it. */
  imageJ: string | null
  /** Where each strip or tile begins, and its bytes. */
  starts: number[]
  lengths: number[]
  /** The entries of its directory as stored, by tag, without the broken ones. */
  fields: ReadonlyMap<number, Buffer>
}

export interface Tiff {
  little: boolean
  /** A BigTIFF, with 8 bytes for a place in the file. */
  big: boolean
  pages: TiffPage[]
  /** The tags that lie outside of the file or are of an unknown type, and are not needed. */
  brokenTags: number[]
}

const maxPages = 10_000
/** A directory with more fields is none: what was read as a directory is something else. */
const maxFields = 4096

/** The refusal of a file in which something lies beyond its end. */
const truncated = (what: Params): ImageRefusal => new ImageRefusal('truncated', what)

/**
 * Reads every page of a TIFF and checks that its directory and all its strips or tiles lie inside the file; libtiff
 * itself fills what is missing. A field that decoding does not need may be broken. Refuses `truncated` and `corrupt`.
 */
export function readTiff(bytes: ByteSource): Tiff {
  const head = bytes.read(0, 16)
  const little = head.toString('latin1', 0, 2) === 'II'
  const u16 = (b: Buffer, at: number): number => (little ? b.readUInt16LE(at) : b.readUInt16BE(at))
  const u32 = (b: Buffer, at: number): number => (little ? b.readUInt32LE(at) : b.readUInt32BE(at))
  const u64 = (b: Buffer, at: number): number =>
    Number(little ? b.readBigUInt64LE(at) : b.readBigUInt64BE(at))

  if (head.length < 8) throw truncated({ case: 'tiff-header' })
  const big = u16(head, 2) === 43
  if (big && head.length < 16) throw truncated({ case: 'tiff-header' })
  const countBytes = big ? 8 : 2
  const entryBytes = big ? 20 : 12
  const inlineBytes = big ? 8 : 4
  const valueAt = big ? 12 : 8
  const offsetAt = (b: Buffer, at: number): number => (big ? u64(b, at) : u32(b, at))
  const brokenTags = new Set<number>()

  /** Reads a block of the file; throws a refusal where it is not complete. */
  function block(offset: number, length: number, what: Params): Buffer {
    if (offset + length > bytes.size) throw truncated(what)
    return bytes.read(offset, length)
  }

  const lengthOf = (entry: Buffer): number | null => {
    const size = typeBytes[u16(entry, 2)]
    return size === undefined ? null : size * (big ? u64(entry, 4) : u32(entry, 4))
  }

  const dataOf = (entry: Buffer, length: number): Buffer =>
    length <= inlineBytes
      ? entry.subarray(valueAt, valueAt + length)
      : block(offsetAt(entry, valueAt), length, { case: 'tiff-strips' })

  /** Reads the values of a field of integers; of another type there are none. */
  function values(entry: Buffer): number[] {
    const length = lengthOf(entry)
    if (length === null || !integers.has(u16(entry, 2))) return []
    const size = typeBytes[u16(entry, 2)] ?? 1
    const data = dataOf(entry, length)
    const read = size === 2 ? u16 : size === 4 ? u32 : size === 8 ? u64 : (b: Buffer, at: number) => b[at]
    return Array.from({ length: length / size }, (_, i) => read(data, i * size))
  }

  function pageOf(fields: ReadonlyMap<number, Buffer>, number: number): TiffPage {
    const all = (id: number): number[] => {
      const entry = fields.get(id)
      return entry === undefined ? [] : values(entry)
    }
    const first = (id: number, otherwise: number): number => all(id)[0] ?? otherwise
    const text = fields.get(tag.description)
    const description = text === undefined ? '' : dataOf(text, lengthOf(text) ?? 0).toString('latin1')
    const tiled = !fields.has(tag.stripOffsets) && fields.has(tag.tileOffsets)
    const starts = all(tiled ? tag.tileOffsets : tag.stripOffsets)
    const lengths = all(tiled ? tag.tileByteCounts : tag.stripByteCounts)
    const samples = first(tag.samplesPerPixel, 1)
    const bits = all(tag.bitsPerSample)
    for (const [i, start] of starts.entries()) {
      if (start + (lengths[i] ?? 1) > bytes.size) throw truncated({ case: 'tiff-data', page: number })
    }
    const subfile = first(tag.subfileType, 0)
    return {
      width: first(tag.width, 0),
      height: first(tag.height, 0),
      bits: bits.length === 0 ? [1] : bits,
      sampleFormat: first(tag.sampleFormat, 1),
      samples,
      compression: first(tag.compression, 1),
      photometric: fields.has(tag.photometric) ? first(tag.photometric, 0) : null,
      fillOrder: first(tag.fillOrder, 1),
      predictor: first(tag.predictor, 1),
      planar: first(tag.planar, 1),
      orientation: first(tag.orientation, 1),
      rowsPerStrip: first(tag.rowsPerStrip, 0xffffffff),
      tiled,
      extraSamples: all(tag.extraSamples),
      isPreview: (subfile & 1) === 1 || first(tag.oldSubfileType, 0) === 2,
      isMask: (subfile & 4) === 4,
      hasSubDirectories: fields.has(tag.subDirectories),
      isDng: fields.has(tag.dngVersion),
      imageJ: description.startsWith('ImageJ=') ? description : null,
      starts,
      lengths,
      fields,
    }
  }

  const pages: TiffPage[] = []
  let directory = offsetAt(head, big ? 8 : 4)
  const visited = new Set<number>()
  while (directory !== 0 && pages.length < maxPages) {
    const number = pages.length + 1
    if (visited.has(directory)) throw new ImageRefusal('corrupt', { case: 'tiff-circle' })
    visited.add(directory)
    const where: Params = { case: 'tiff-directory', page: number }
    const countBlock = block(directory, countBytes, where)
    const count = big ? u64(countBlock, 0) : u16(countBlock, 0)
    if (count > maxFields) throw new ImageRefusal('corrupt', { case: 'tiff-no-page' })
    const entries = block(directory + countBytes, count * entryBytes, where)
    const fields = new Map<number, Buffer>()
    for (let i = 0; i < count; i++) {
      const entry = entries.subarray(i * entryBytes, (i + 1) * entryBytes)
      const id = u16(entry, 0)
      const length = lengthOf(entry)
      const isWhole =
        length !== null &&
        length > 0 &&
        (length <= inlineBytes || offsetAt(entry, valueAt) + length <= bytes.size)
      if (isWhole) {
        if (!fields.has(id)) fields.set(id, entry)
      } else if (length === 0 || !(length === null ? needed : knownTags).has(id) || id === tag.description) {
        brokenTags.add(id)
      } else if (length === null) {
        throw new ImageRefusal('corrupt', { case: 'tiff-field-type' })
      } else {
        throw truncated({ case: 'tiff-field', page: number })
      }
    }
    pages.push(pageOf(fields, number))
    // Some cameras end the file with the last field, without the place of a next directory.
    const next = bytes.read(directory + countBytes + count * entryBytes, inlineBytes)
    directory = next.length < inlineBytes ? 0 : offsetAt(next, 0)
  }
  if (pages.length === 0) throw new ImageRefusal('corrupt', { case: 'tiff-no-page' })
  return { little, big, pages, brokenTags: [...brokenTags] }
}
