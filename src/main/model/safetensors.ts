/**
 * The safetensors format (Hugging Face): 8 bytes length of the header, little-endian; the header as JSON
 * with `dtype`, `shape` and `data_offsets` of each tensor; the values. Only F32 is written and read. A
 * SHA-256 of the header (without itself) and the values stands in `__metadata__` under `sha256`.
 */

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
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
  const bytes = await readFile(file)
  if (bytes.length < 8) throw new Error('it is cut off')
  const end = 8 + Number(bytes.readBigUInt64LE(0))
  if (end > bytes.length) throw new Error('it is cut off')
  const { __metadata__, ...entries } = z
    .record(z.string(), z.unknown())
    .parse(JSON.parse(bytes.toString('utf8', 8, end)))
  const { sha256, ...metadata } = metadataSchema.parse(__metadata__ ?? {})
  const parts: Uint8Array[] = []
  const tensors: TensorMap = {}
  for (const name of Object.keys(entries).sort()) {
    const { shape, data_offsets } = tensorSchema.parse(entries[name])
    const values = bytes.subarray(end + data_offsets[0], end + data_offsets[1])
    const count = shape.reduce((product, side) => product * side, 1)
    if (values.length !== count * 4) throw new Error('it is cut off')
    parts.push(values)
    const data = new Float32Array(count)
    new Uint8Array(data.buffer).set(values)
    tensors[name] = { shape, data }
  }
  if (digest(metadata, entries, parts) !== sha256) throw new Error('its values do not match its digest')
  return { tensors, metadata }
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
