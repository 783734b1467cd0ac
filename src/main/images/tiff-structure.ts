import type { Params } from '../../shared/messages/message.ts'
import type { ByteSource } from './byte-source.ts'
import { ImageRefusal } from './refusal.ts'

const tag = {
  subfileType: 254,
  stripOffsets: 273,
  stripByteCounts: 279,
  tileOffsets: 324,
  tileByteCounts: 325,
  dngVersion: 50706,
} as const

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

const maxPages = 10_000

/** The refusal of a file in which something lies beyond its end. */
const truncated = (what: Params): ImageRefusal => new ImageRefusal('truncated', what)

/**
 * Walks every page of a TIFF and checks that its directory and all its strips or tiles lie inside the file;
 * libtiff itself fills what is missing. Refuses `truncated`, `corrupt`, and as `unsupported-type` a camera raw
 * file, whose first page is only a preview.
 */
export function checkTiff(bytes: ByteSource): void {
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
  const offsetAt = (b: Buffer, at: number): number => (big ? u64(b, at) : u32(b, at))

  /** Reads a block of the file; throws a refusal where it is not complete. */
  function block(offset: number, length: number, what: Params): Buffer {
    if (offset + length > bytes.size) throw truncated(what)
    return bytes.read(offset, length)
  }

  /** Reads the values of an unsigned integer field. */
  function values(entry: Buffer): number[] {
    const type = u16(entry, 2)
    const count = big ? u64(entry, 4) : u32(entry, 4)
    const size = typeBytes[type]
    if (size === undefined) throw new ImageRefusal('corrupt', { case: 'tiff-field-type' })
    const valueAt = big ? 12 : 8
    const length = size * count
    const data =
      length <= inlineBytes
        ? entry.subarray(valueAt, valueAt + length)
        : block(offsetAt(entry, valueAt), length, { case: 'tiff-strips' })
    const read = size === 2 ? u16 : size === 4 ? u32 : size === 8 ? u64 : (b: Buffer, at: number) => b[at]
    return Array.from({ length: count }, (_, i) => read(data, i * size))
  }

  let directory = offsetAt(head, big ? 8 : 4)
  const visited = new Set<number>()
  for (let page = 0; directory !== 0 && page < maxPages; page++) {
    if (visited.has(directory)) throw new ImageRefusal('corrupt', { case: 'tiff-circle' })
    visited.add(directory)
    const countBlock = block(directory, countBytes, { case: 'tiff-directory', page: page + 1 })
    const count = big ? u64(countBlock, 0) : u16(countBlock, 0)
    const entries = block(directory + countBytes, count * entryBytes + inlineBytes, {
      case: 'tiff-directory',
      page: page + 1,
    })
    const fields = new Map<number, Buffer>()
    for (let i = 0; i < count; i++) {
      const entry = entries.subarray(i * entryBytes, (i + 1) * entryBytes)
      const length = (typeBytes[u16(entry, 2)] ?? 1) * (big ? u64(entry, 4) : u32(entry, 4))
      if (length > inlineBytes && offsetAt(entry, big ? 12 : 8) + length > bytes.size) {
        throw truncated({ case: 'tiff-field', page: page + 1 })
      }
      fields.set(u16(entry, 0), entry)
    }
    const subfile = fields.get(tag.subfileType)
    const isPreview = page === 0 && subfile !== undefined && ((values(subfile)[0] ?? 0) & 1) === 1
    if (fields.has(tag.dngVersion) || isPreview) {
      throw new ImageRefusal('unsupported-type', { case: 'camera-raw' })
    }
    const offsets = fields.get(tag.stripOffsets) ?? fields.get(tag.tileOffsets)
    const counts = fields.get(tag.stripByteCounts) ?? fields.get(tag.tileByteCounts)
    if (!offsets) throw new ImageRefusal('corrupt', { case: 'tiff-no-data', page: page + 1 })
    const starts = values(offsets)
    const lengths = counts ? values(counts) : starts.map(() => 1)
    for (const [i, start] of starts.entries()) {
      if (start + (lengths[i] ?? 0) > bytes.size) throw truncated({ case: 'tiff-data', page: page + 1 })
    }
    directory = offsetAt(entries, count * entryBytes)
  }
  if (visited.size === 0) throw new ImageRefusal('corrupt', { case: 'tiff-no-page' })
}
