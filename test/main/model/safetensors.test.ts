import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { digestOf, readTensors, writeTensors } from '../../../src/main/model/safetensors.ts'
import { temporaryFolder } from '../store/temporary-folder.ts'

const tensors = {
  'generator/project/kernel': { shape: [2, 3], data: Float32Array.from([1, -2, 3.5, 0, 1e-30, -0]) },
  'critic/偏置': { shape: [2], data: Float32Array.from([Math.PI, -1]) },
  rate: { shape: [], data: Float32Array.from([0.25]) },
}

async function written(): Promise<string> {
  const file = join(temporaryFolder(), 'a.safetensors')
  await writeTensors(file, tensors, { state: '{"step":7}' })
  return file
}

it('gives back names, shapes, values and metadata as they were written', async () => {
  const read = await readTensors(await written())
  expect(read).toEqual({ tensors, metadata: { state: '{"step":7}' } })
})

it('writes what the format says: header length, JSON, then little-endian values at their offsets', async () => {
  const bytes = readFileSync(await written())
  const end = 8 + Number(bytes.readBigUInt64LE(0))
  expect(end % 8).toBe(0)
  const entry = z.object({
    dtype: z.literal('F32'),
    shape: z.array(z.int()),
    data_offsets: z.tuple([z.int(), z.int()]),
  })
  const { __metadata__, ...entries } = z
    .record(z.string(), z.unknown())
    .parse(JSON.parse(bytes.toString('utf8', 8, end)))
  expect(__metadata__).toMatchObject({ state: '{"step":7}', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) })
  expect(Object.keys(entries).sort()).toEqual(Object.keys(tensors).sort())
  const { shape, data_offsets } = entry.parse(entries['critic/偏置'])
  expect(shape).toEqual([2])
  expect(bytes.readFloatLE(end + data_offsets[0])).toBe(Math.fround(Math.PI))
  expect(data_offsets[1] - data_offsets[0]).toBe(8)
})

it('notices a change of any one byte, in the header as in the values', async () => {
  const file = await written()
  const whole = readFileSync(file)
  const changed = join(temporaryFolder(), 'changed.safetensors')
  for (let at = 0; at < whole.length; at++) {
    const bytes = Buffer.from(whole)
    bytes[at] = (bytes[at] ?? 0) ^ 1
    writeFileSync(changed, bytes)
    await expect(readTensors(changed), `byte ${at}`).rejects.toThrow()
  }
})

it('notices that a file is cut off, wherever', async () => {
  const whole = readFileSync(await written())
  const cut = join(temporaryFolder(), 'cut.safetensors')
  for (let length = 0; length < whole.length; length++) {
    writeFileSync(cut, whole.subarray(0, length))
    await expect(readTensors(cut), `${length} bytes`).rejects.toThrow()
  }
})

const pair = (value: number) => ({ shape: [2], data: Float32Array.from([value, -value]) })

describe('the digest of weights', () => {
  it('does not depend on the order in which they are listed', () => {
    const [a, b] = [pair(1), pair(2)]
    expect(digestOf({ a, b })).toBe(digestOf({ b, a }))
  })

  it('tells weights apart by value, sign of zero, name and shape', () => {
    const of = (name: string, shape: number[], ...values: number[]) =>
      digestOf({ [name]: { shape, data: Float32Array.from(values) } })
    const digests = [of('a', [2], 1, 0), of('a', [2], 1, -0), of('b', [2], 1, 0), of('a', [1, 2], 1, 0)]
    expect(new Set(digests).size).toBe(4)
  })
})
