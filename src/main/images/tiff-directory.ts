/**
 * A TIFF with a new directory that has only what decoding needs. libtiff refuses the whole file for a field of another
 * purpose that it does not understand: a private tag of an unknown type, an orientation of 0.
 */
import type { ByteSource } from './byte-source.ts'
import type { Tiff, TiffPage } from './tiff-structure.ts'

/** Size, samples, compression with its options and tables, colors, strips and tiles, alpha, the color profile. */
const kept: ReadonlySet<number> = new Set([
  256, 257, 258, 259, 262, 266, 273, 274, 277, 278, 279, 284, 292, 293, 317, 320, 322, 323, 324, 325, 332,
  338, 339, 347, 529, 530, 531, 532, 34675,
])

const photometricTag = 262
const orientationTag = 274

export const hasOrientation = ({ orientation }: TiffPage): boolean => orientation >= 1 && orientation <= 8

/** The file with `page` as its only page. */
export function withNewDirectory(bytes: ByteSource, { little, big }: Tiff, page: TiffPage): Buffer {
  const number = (size: 2 | 4 | 8, value: number): Buffer => {
    const out = Buffer.alloc(size)
    if (size === 8) little ? out.writeBigUInt64LE(BigInt(value)) : out.writeBigUInt64BE(BigInt(value))
    else if (little) out.writeUIntLE(value, 0, size)
    else out.writeUIntBE(value, 0, size)
    return out
  }
  const entries = new Map(
    [...page.fields].filter(([tag]) => kept.has(tag) && (tag !== orientationTag || hasOrientation(page))),
  )
  const short = 3
  if (page.photometric === null) {
    const value = number(2, page.samples >= 3 ? 2 : 1)
    const inline = Buffer.concat([value], big ? 8 : 4)
    entries.set(
      photometricTag,
      Buffer.concat([number(2, photometricTag), number(2, short), number(big ? 8 : 4, 1), inline]),
    )
  }
  const sorted = [...entries].sort(([a], [b]) => a - b).map(([, entry]) => entry)
  const before = bytes.read(0, bytes.size)
  // A directory begins at an even byte.
  const padding = Buffer.alloc(before.length % 2)
  const file = Buffer.concat([
    before,
    padding,
    number(big ? 8 : 2, sorted.length),
    ...sorted,
    number(big ? 8 : 4, 0),
  ])
  number(big ? 8 : 4, before.length + padding.length).copy(file, big ? 8 : 4)
  return file
}
