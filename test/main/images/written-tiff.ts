/** Writes TIFF files byte by byte, so that a test decides each of their fields, also the broken ones. */

/** A field: its tag, its type (3 short, 4 long, 2 text, …), its values, and with `at` a place instead of the values. */
interface Field {
  tag: number
  type?: number
  values: number[] | string
  at?: number
}

export interface WrittenPage {
  width: number
  height: number
  bits: number
  samples?: number
  /** The bytes of each strip. */
  strips: Uint8Array[]
  rowsPerStrip?: number
  compression?: number
  photometric?: number
  /** More fields; one of the same tag as a field above stands in its place. */
  fields?: Field[]
}

const bytesOf: Record<number, number> = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 16: 8 }

export function writtenTiff(
  pages: WrittenPage[],
  { little = true, big = false }: { little?: boolean; big?: boolean } = {},
): Buffer {
  const number = (size: number, value: number): Buffer => {
    const out = Buffer.alloc(size)
    if (size === 8) little ? out.writeBigUInt64LE(BigInt(value)) : out.writeBigUInt64BE(BigInt(value))
    else if (little) out.writeUIntLE(value, 0, size)
    else out.writeUIntBE(value, 0, size)
    return out
  }
  const place = big ? 8 : 4
  const parts: Buffer[] = []
  let size = 0
  const add = (bytes: Uint8Array): number => {
    const at = size
    parts.push(Buffer.from(bytes))
    size += bytes.length
    return at
  }
  add(Buffer.from(little ? 'II' : 'MM'))
  add(number(2, big ? 43 : 42))
  if (big) add(Buffer.concat([number(2, 8), number(2, 0)]))
  const first = parts.length
  add(number(place, 0))

  /** The part with the place of the next directory, which is known only when that is written. */
  let link = first
  for (const page of pages) {
    const { width, height, bits, samples = 1, strips, rowsPerStrip = height, fields = [] } = page
    const starts = strips.map(add)
    const own: Field[] = [
      { tag: 256, values: [width] },
      { tag: 257, values: [height] },
      { tag: 258, values: Array.from({ length: samples }, () => bits) },
      { tag: 259, values: [page.compression ?? 1] },
      { tag: 262, values: [page.photometric ?? (samples >= 3 ? 2 : 1)] },
      { tag: 273, type: 4, values: starts },
      { tag: 277, values: [samples] },
      { tag: 278, type: 4, values: [rowsPerStrip] },
      { tag: 279, type: 4, values: strips.map(({ length }) => length) },
    ]
    const all = [...own.filter(({ tag }) => !fields.some((field) => field.tag === tag)), ...fields].sort(
      (a, b) => a.tag - b.tag,
    )
    const entries = all.map(({ tag, type = 3, values, at }) => {
      const each = bytesOf[type] ?? 1
      const data =
        typeof values === 'string'
          ? Buffer.from(values, 'latin1')
          : Buffer.concat(values.map((value) => number(each, value)))
      const inline = at === undefined && data.length <= place
      const value = inline ? Buffer.concat([data], place) : number(place, at ?? add(data))
      return Buffer.concat([number(2, tag), number(2, type), number(place, values.length), value])
    })
    const directory = add(number(big ? 8 : 2, entries.length))
    for (const entry of entries) add(entry)
    parts[link] = number(place, directory)
    link = parts.length
    add(number(place, 0))
  }
  return Buffer.concat(parts)
}

/** Samples of any number of bits one behind the other, the highest bit first; each row begins with a byte. */
export function packedRows(samples: ArrayLike<number>, rowSamples: number, bits: number): Buffer {
  const rows: Buffer[] = []
  for (let from = 0; from < samples.length; from += rowSamples) {
    let text = ''
    for (let i = from; i < from + rowSamples; i++) text += (samples[i] ?? 0).toString(2).padStart(bits, '0')
    const bytes = text.padEnd(Math.ceil(text.length / 8) * 8, '0').match(/.{8}/g) ?? []
    rows.push(Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2))))
  }
  return Buffer.concat(rows)
}
