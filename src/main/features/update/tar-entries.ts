/**
 * Reads the archives that `npm run bundle` writes (`scripts/bundle/archive.mjs`): tar with the extended headers of POSIX
 * for long names, packed by gzip. An own reader of this one form, because `tar-stream`, which writes them, would bring
 * native parts of another run time into every bundle.
 */
import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import type { PackedEntry } from './packed-entry.ts'

const blockBytes = 512
/** More than any path needs. */
const mostHeaderBytes = 1 << 20

/** Gives the bytes of a stream in the portions that are asked for. */
class Portions {
  private readonly chunks: AsyncIterator<Buffer>
  private rest: Buffer = Buffer.alloc(0)

  constructor(source: AsyncIterable<Buffer>) {
    this.chunks = source[Symbol.asyncIterator]()
  }

  /** Up to so many bytes, at least one; empty at the end. */
  async some(most: number): Promise<Buffer> {
    if (this.rest.length === 0) {
      const { value, done } = await this.chunks.next()
      if (done === true) return Buffer.alloc(0)
      this.rest = value
    }
    const taken = this.rest.subarray(0, most)
    this.rest = this.rest.subarray(taken.length)
    return taken
  }

  async exactly(count: number): Promise<Buffer> {
    const parts: Buffer[] = []
    for (let missing = count; missing > 0; ) {
      const part = await this.some(missing)
      if (part.length === 0) throw new Error('the archive ends too early')
      parts.push(part)
      missing -= part.length
    }
    return Buffer.concat(parts)
  }
}

/**
 * The content of each entry must be read, or not, before the next one is asked for.
 * @throws Error where it is no such archive, or damaged
 */
export async function* tarEntries(file: string): AsyncGenerator<PackedEntry> {
  const packed = createReadStream(file)
  const plain = createGunzip()
  packed.on('error', (error) => plain.destroy(error))
  packed.pipe(plain)
  try {
    yield* entriesIn(new Portions(plain))
  } finally {
    plain.destroy()
    packed.destroy()
  }
}

async function* entriesIn(portions: Portions): AsyncGenerator<PackedEntry> {
  let extended = new Map<string, string>()
  for (;;) {
    const header = await portions.exactly(blockBytes)
    if (header.every((byte) => byte === 0)) return
    requireChecksum(header)
    const size = Number(extended.get('size') ?? octal(header, 124, 12))
    const type = String.fromCharCode(header[156] ?? 0)
    const padding = (blockBytes - (size % blockBytes)) % blockBytes
    if (type === 'x' || type === 'g') {
      if (size > mostHeaderBytes) throw new Error('a header of the archive is too long')
      const records = await portions.exactly(size + padding)
      if (type === 'x') extended = extendedFields(records.subarray(0, size))
      continue
    }
    const prefix = text(header, 345, 155)
    const name = text(header, 0, 100)
    const path = extended.get('path') ?? (prefix === '' ? name : `${prefix}/${name}`)
    const target = extended.get('linkpath') ?? text(header, 157, 100)
    extended = new Map()
    let left = size
    async function* content(): AsyncGenerator<Buffer> {
      while (left > 0) {
        const part = await portions.some(left)
        if (part.length === 0) throw new Error('the archive ends too early')
        left -= part.length
        yield part
      }
    }
    if (type === '0' || type === '\0') yield { kind: 'file', path, size, content }
    else if (type === '2') yield { kind: 'link', path, target }
    else if (type !== '5') throw new Error(`the archive has an entry of an unknown kind (${type})`)
    // What nobody read.
    while (left > 0) left -= (await portions.exactly(Math.min(left, 1 << 20))).length
    await portions.exactly(padding)
  }
}

/** A text that ends at its first zero byte. */
function text(header: Buffer, start: number, length: number): string {
  const field = header.subarray(start, start + length)
  const end = field.indexOf(0)
  return field.toString('utf8', 0, end === -1 ? length : end)
}

function octal(header: Buffer, start: number, length: number): number {
  const digits = text(header, start, length).trim()
  if (!/^[0-7]+$/.test(digits)) throw new Error('the archive has a number that is none')
  return Number.parseInt(digits, 8)
}

/** The sum of the header's bytes, with its own field as spaces. */
function requireChecksum(header: Buffer): void {
  let sum = 0
  header.forEach((byte, i) => {
    sum += i >= 148 && i < 156 ? 32 : byte
  })
  if (sum !== octal(header, 148, 8)) throw new Error('the archive has a damaged header')
}

/** Records of the form `length key=value\n`, where length is that of the whole record. */
function extendedFields(records: Buffer): Map<string, string> {
  const fields = new Map<string, string>()
  for (let at = 0; at < records.length; ) {
    const space = records.indexOf(32, at)
    const length = Number(records.toString('latin1', at, space))
    const equals = records.indexOf(61, space)
    if (
      space === -1 ||
      equals === -1 ||
      !Number.isInteger(length) ||
      at + length > records.length ||
      length < 5
    )
      throw new Error('the archive has a damaged header')
    fields.set(
      records.toString('utf8', space + 1, equals),
      records.toString('utf8', equals + 1, at + length - 1),
    )
    at += length
  }
  return fields
}
