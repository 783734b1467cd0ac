/**
 * The safetensors format (Hugging Face): 8 bytes length of the header, little-endian; the header as JSON
 * with `dtype`, `shape` and `data_offsets` of each tensor; the values. Only F32 is written and read. A
 * SHA-256 of the header (without itself) and the values stands in `__metadata__` under `sha256`.
 */

import { createHash } from 'node:crypto'
import { type FileHandle, open, readFile } from 'node:fs/promises'
import { z } from 'zod'
import { writeFileDurably } from '../platform/durable-file.ts'

export interface StoredTensor {
  shape: number[]
  data: Float32Array
}
export type TensorMap = Record<string, StoredTensor>

const tensorSchema = z.object({
  dtype: z.literal('F32'),
  shape: z.array(z.int().nonnegative()),
  data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
})
/** All types of the format begin so: I64, BF16, F8_E4M3, BOOL. */
const typedSchema = z.object({ dtype: z.string().regex(/^(?:I|U|F|BF|BOOL|C)\d*(?:_\w+)?$/) })
const metadataSchema = z.record(z.string(), z.string())

/** Writes tensors in order of name, durably. */
export async function writeTensors(
  file: string,
  tensors: TensorMap,
  metadata: Record<string, string>,
): Promise<void> {
  const names = Object.keys(tensors).sort()
  const parts: Uint8Array[] = []
  const entries: Record<string, unknown> = {}
  let offset = 0
  for (const name of names) {
    const tensor = tensors[name]
    if (!tensor) continue
    const bytes = new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength)
    entries[name] = { dtype: 'F32', shape: tensor.shape, data_offsets: [offset, offset + bytes.length] }
    parts.push(bytes)
    offset += bytes.length
  }
  const header = { __metadata__: { ...metadata, sha256: digest(metadata, entries, parts) }, ...entries }
  const text = JSON.stringify(header)
  // The values start at a multiple of 8, as readers expect that map the file into memory.
  const json = Buffer.from(
    text.padEnd(Math.ceil(Buffer.byteLength(text) / 8) * 8 - (Buffer.byteLength(text) - text.length)),
  )
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(json.length))
  await writeFileDurably(file, Buffer.concat([length, json, ...parts]))
}

/** The header tells names, shapes and the state of a training: a change there must not pass either. */
function digest(
  metadata: Record<string, string>,
  entries: Record<string, unknown>,
  values: readonly Uint8Array[],
): string {
  const hash = createHash('sha256').update(JSON.stringify([metadata, entries]))
  for (const bytes of values) hash.update(bytes)
  return hash.digest('hex')
}

/** Reads a file of `writeTensors`; throws an Error that says what is wrong with it. */
export async function readTensors(
  file: string,
): Promise<{ tensors: TensorMap; metadata: Record<string, string> }> {
  const { tensors, metadata, leftOut, isWhole } = parseTensors(await readFile(file))
  if (leftOut.length > 0 || !isWhole) throw new Error('its values do not match its digest')
  return { tensors, metadata }
}

/**
 * Reads the bytes of a safetensors file of any program; throws an Error that says what is wrong with it. Tensors of
 * other types than F32 are left out. `isWhole`: it has the digest that `writeTensors` writes, and it is right.
 */
export function parseTensors(bytes: Buffer): {
  tensors: TensorMap
  metadata: Record<string, string>
  leftOut: string[]
  isWhole: boolean
} {
  const end = endOfHeader(bytes, bytes.length)
  const { entries, metadata, leftOut, sha256 } = parseHeader(
    bytes.toString('utf8', 8, end),
    bytes.length - end,
  )
  const parts: Uint8Array[] = []
  const tensors: [string, StoredTensor][] = []
  for (const [name, { shape, data_offsets }] of entries) {
    const values = bytes.subarray(end + data_offsets[0], end + data_offsets[1])
    parts.push(values)
    const data = new Float32Array(values.length / 4)
    new Uint8Array(data.buffer).set(values)
    tensors.push([name, { shape, data }])
  }
  const isWhole = digest(metadata, Object.fromEntries(entries), parts) === sha256
  return { tensors: Object.fromEntries(tensors), metadata, leftOut, isWhole }
}

/**
 * `digestOf` for the tensors of a safetensors file, without holding them in memory; throws an Error that says what is
 * wrong with the file.
 */
export async function digestOfFile(file: string): Promise<string> {
  const hash = createHash('sha256')
  await readOneByOne(file, () => ({
    see(name, { shape }, values) {
      hash.update(`${name}:${shape.join('x')};`)
      hash.update(values)
    },
  }))
  return hash.digest('hex')
}

/**
 * One tensor of a file of `writeTensors`, whose digest is compared without holding all values in memory. Null where
 * there is none of that name, or the digest is wrong; throws an Error that says what else is wrong with the file.
 */
export async function tensorOfFile(file: string, wanted: string): Promise<StoredTensor | null> {
  let found: StoredTensor | null = null
  let isWhole = false
  await readOneByOne(file, ({ entries, metadata, leftOut, sha256 }) => {
    const hash = createHash('sha256').update(JSON.stringify([metadata, Object.fromEntries(entries)]))
    return {
      see(name, { shape }, values) {
        hash.update(values)
        if (name !== wanted) return
        const data = new Float32Array(values.length / 4)
        new Uint8Array(data.buffer).set(values)
        found = { shape, data }
      },
      end: () => {
        isWhole = leftOut.length === 0 && hash.digest('hex') === sha256
      },
    }
  })
  return isWhole ? found : null
}

interface TensorReader {
  see(name: string, entry: z.infer<typeof tensorSchema>, values: Buffer): void
  end?(): void
}

/** Reads tensors in order of name, one at a time. */
async function readOneByOne(
  file: string,
  begin: (header: ReturnType<typeof parseHeader>) => TensorReader,
): Promise<void> {
  const handle = await open(file, 'r')
  try {
    const { size } = await handle.stat()
    const start = await readAt(handle, 0, Math.min(8, size))
    const end = endOfHeader(start, size)
    const header = parseHeader((await readAt(handle, 8, end - 8)).toString('utf8'), size - end)
    const reader = begin(header)
    for (const [name, entry] of header.entries) {
      const [from, to] = entry.data_offsets
      reader.see(name, entry, await readAt(handle, end + from, to - from))
    }
    reader.end?.()
  } finally {
    await handle.close()
  }
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length)
  for (let filled = 0; filled < length; ) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, position + filled)
    if (bytesRead === 0) throw new Error('it is cut off')
    filled += bytesRead
  }
  return bytes
}

/** The header of a model is some 100 kB long; the format itself allows no more than this. */
const longestHeader = 100_000_000

/** Where the values begin, from the first 8 bytes of a file of `size` bytes. */
function endOfHeader(start: Buffer, size: number): number {
  if (start.length < 8) throw new Error('it is cut off')
  const length = Number(start.readBigUInt64LE(0))
  if (length > longestHeader || 8 + length > size) throw new Error('it is cut off')
  return 8 + length
}

/** @param room how many bytes of values follow */
function parseHeader(
  json: string,
  room: number,
): {
  /** By name, in order of name. */
  entries: Map<string, z.infer<typeof tensorSchema>>
  metadata: Record<string, string>
  leftOut: string[]
  sha256: string | undefined
} {
  const { __metadata__, ...found } = z.record(z.string(), z.unknown()).parse(JSON.parse(json))
  const { sha256, ...metadata } = metadataSchema.parse(__metadata__ ?? {})
  const entries = new Map<string, z.infer<typeof tensorSchema>>()
  const leftOut: string[] = []
  let left = room
  for (const name of Object.keys(found).sort()) {
    if (!isSingle(found[name])) {
      leftOut.push(name)
      continue
    }
    const entry = tensorSchema.parse(found[name])
    const [from, to] = entry.data_offsets
    const count = entry.shape.reduce((product, side) => product * side, 1)
    left -= to - from
    // Tensors that share bytes would take more memory than the file is long.
    if (to > room || to - from !== count * 4 || left < 0) throw new Error('it is cut off')
    entries.set(name, entry)
  }
  return { entries, metadata, leftOut, sha256 }
}

/** Whether an entry is one of single-precision values, or nothing that the format knows, which is then an error. */
function isSingle(entry: unknown): boolean {
  const type = typedSchema.safeParse(entry)
  return !type.success || type.data.dtype === 'F32'
}

/** SHA-256 over names, shapes and bytes of tensors in order of name: equal exactly when the weights are. */
export function digestOf(tensors: TensorMap): string {
  const hash = createHash('sha256')
  for (const name of Object.keys(tensors).sort()) {
    const tensor = tensors[name]
    if (!tensor) continue
    hash.update(`${name}:${tensor.shape.join('x')};`)
    hash.update(new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength))
  }
  return hash.digest('hex')
}
