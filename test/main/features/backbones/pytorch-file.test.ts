import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { readPytorchFile } from '../../../../src/main/features/backbones/pytorch-file.ts'
import { Refusal } from '../../../../src/main/features/backbones/refusal.ts'
import { zipBytes } from '../../../scripts/setup/zip-archive.ts'
import {
  build,
  emptyDictionary,
  emptyList,
  emptyTuple,
  get,
  global,
  integer,
  long,
  machine,
  magic,
  mark,
  none,
  oldFile,
  type PickledView,
  pickle,
  protocol,
  put,
  reduce,
  setItem,
  setItems,
  stop,
  storages,
  tensorItem,
  tensorList,
  text,
  tuple,
  tupleSinceMark,
  version,
} from './pickle-bytes.ts'

/** What PyTorch wrote, see `test/reference/pytorch-files.py`. */
const reference = z
  .object({
    files: z.record(z.string(), z.base64()),
    refused: z.record(z.string(), z.base64()),
    tensors: z.record(z.string(), z.object({ shape: z.array(z.int()), values: z.array(z.number()) })),
    leftOut: z.array(z.string()),
  })
  .parse(JSON.parse(readFileSync(new URL('../../../reference/pytorch-files.json', import.meta.url), 'utf8')))
const bytesOf = (base64 = ''): Buffer => Buffer.from(base64, 'base64')

const limit = 1e6
const read = (bytes: Buffer) => readPytorchFile(bytes, limit)

/** Why a file is refused; anything else that it may throw is an error of the reader. */
async function reasonOf(bytes: Buffer): Promise<string> {
  try {
    await read(bytes)
    return 'read'
  } catch (error) {
    if (error instanceof Refusal) return error.reason.code
    throw error
  }
}

const system = global('os', 'system')
const command = tuple(text('touch /tmp/never'))

describe('a file that PyTorch wrote', () => {
  it.each(Object.keys(reference.files))('gives its tensors as they were: %s', async (name) => {
    const { tensors, leftOut } = await read(bytesOf(reference.files[name]))
    const found = Object.entries(tensors).map(([key, { shape, data }]) => [key, { shape, values: [...data] }])
    expect(Object.fromEntries(found)).toEqual(reference.tensors)
    expect(leftOut.sort()).toEqual(reference.leftOut)
  })

  it.each(Object.keys(reference.refused))('is refused where it holds something else: %s', async (name) => {
    expect(await reasonOf(bytesOf(reference.refused[name]))).toMatch(/^(?:pickle-global|not-tensors)$/)
  })

  it('is refused wherever it is cut off', async () => {
    const whole = bytesOf(reference.files.old)
    for (let length = 0; length < whole.length; length++) {
      expect(await reasonOf(whole.subarray(0, length)), `${length} bytes`).not.toBe('read')
    }
  })

  it('is read or refused, and nothing else happens, whichever byte is changed', async () => {
    for (const name of ['old', 'zip']) {
      const whole = bytesOf(reference.files[name])
      for (let at = 0; at < whole.length; at++) {
        for (const change of [1, 0x80, 0xff]) {
          const bytes = Buffer.from(whole)
          bytes.writeUInt8(bytes.readUInt8(at) ^ change, at)
          await reasonOf(bytes)
        }
      }
    }
  })
})

describe('a file that wants to run code', () => {
  const lists: [what: string, list: Buffer][] = [
    ['by os.system', pickle(system, command, reduce)],
    ['by a builtin', pickle(global('builtins', 'eval'), tuple(text('1')), reduce)],
    ['by a name that comes later in the file', pickle(emptyDictionary, text('a'), system, setItem)],
    ['by the name of a class that is admitted', pickle(global('torch', 'FloatStorage'), emptyTuple, reduce)],
    ['by names from the stack', pickle(text('os'), text('system'), Buffer.from([0x93]), command, reduce)],
    ['by an attribute of an admitted name', pickle(global('torch._utils', '_rebuild_tensor_v2.__globals__'))],
    ['by a module like an admitted one', pickle(global('torch._utils.os', 'system'))],
  ]
  it.each(lists)('%s is refused, with the name that it asks for', async (_what, list) => {
    expect(await reasonOf(oldFile(list))).toBe('pickle-global')
    const archive = zipBytes([{ name: 'a/data.pkl', content: list }])
    expect(await reasonOf(archive)).toBe('pickle-global')
  })

  it.each([
    ['the instance of a class (INST)', Buffer.from("(S'true'\nios\nsystem\n")],
    ['the instance of a class (OBJ)', Buffer.concat([mark, text('a'), Buffer.from('o')])],
    ['a new object (NEWOBJ)', Buffer.concat([emptyTuple, Buffer.from([0x81])])],
    ['a registered extension (EXT1)', Buffer.from([0x82, 1])],
    ['words that Python would evaluate (STRING)', Buffer.from("S'a'\n")],
    ['an id in words (PERSID)', Buffer.from('Pid\n')],
  ])('or has an operation that makes %s is refused at it', async (_what, operation) => {
    expect(await reasonOf(oldFile(pickle(operation)))).toBe('pickle-operation')
  })

  it('in the very first pickle is refused', async () => {
    expect(await reasonOf(pickle(system, command, reduce))).toBe('pickle-global')
  })

  it('by setting attributes of an object is refused', async () => {
    const list = pickle(global('torch', 'FloatStorage'), emptyDictionary, build)
    expect(await reasonOf(oldFile(list))).toBe('pickle-malformed')
  })
})

describe('a pickle that is no pickle', () => {
  const lists: [what: string, reason: string, list: Buffer][] = [
    ['ends before its end', 'file-cut-off', Buffer.concat([protocol, emptyDictionary])],
    [
      'says that a text is longer than the file',
      'file-cut-off',
      Buffer.from([0x80, 2, 0x58, 0xff, 0xff, 0xff, 0x7f]),
    ],
    ['pops what is not there', 'pickle-malformed', pickle(Buffer.from('0'))],
    ['has nothing at its end', 'pickle-malformed', pickle()],
    ['has more than one value at its end', 'pickle-malformed', pickle(none, none)],
    ['ends with a mark', 'pickle-malformed', pickle(mark, none)],
    ['makes a tuple without a mark', 'pickle-malformed', pickle(tupleSinceMark)],
    ['makes a tuple of three out of two', 'pickle-malformed', pickle(none, none, Buffer.from([0x87]))],
    ['makes a tuple across a mark', 'pickle-malformed', pickle(none, mark, none, Buffer.from([0x86]))],
    ['calls without values', 'pickle-malformed', pickle(reduce)],
    ['calls a number', 'pickle-malformed', pickle(integer(1), emptyTuple, reduce)],
    ['adds to a list that is none', 'pickle-malformed', pickle(none, none, Buffer.from('a'))],
    ['adds to a dictionary that is none', 'pickle-malformed', pickle(emptyList, none, none, setItem)],
    ['has a key without a value', 'pickle-malformed', pickle(emptyDictionary, mark, none, setItems)],
    ['reads from a memo that is empty', 'pickle-malformed', pickle(get(7))],
    ['is of a protocol that does not exist', 'pickle-malformed', Buffer.from([0x80, 99, 0x4e, 0x2e])],
    ['is longer than any list of tensors', 'pickle-malformed', Buffer.alloc(2_000_000, emptyList)],
  ]
  it.each(lists)('and %s is refused', async (_what, reason, list) => {
    expect(await reasonOf(oldFile(list, Buffer.alloc(0)))).toBe(reason)
  })

  it('may not take memory by a high place in the memo', async () => {
    const list = pickle(emptyDictionary, put(2 ** 31 - 1), put(-1 >>> 1), ...tensorItem({}))
    expect(await reasonOf(oldFile(list))).toBe('read')
  })

  it('may not take memory by lists of the same list, doubled again and again', async () => {
    const doubled = Array.from({ length: 60 }, (_, i) => [
      emptyList,
      mark,
      get(i),
      get(i),
      Buffer.from('e'),
      put(i + 1),
    ]).flat()
    expect(await reasonOf(oldFile(pickle(emptyList, put(0), ...doubled)))).toBe('pickle-malformed')
    const list = pickle(
      mark,
      emptyList,
      put(0),
      ...doubled,
      Buffer.from('1'),
      emptyDictionary,
      ...tensorItem({}),
    )
    expect(await reasonOf(oldFile(list))).toBe('read')
  })
})

describe('a tensor', () => {
  it('has the values that its offset and strides name', async () => {
    const view: PickledView = { offset: integer(1), shape: [3], strides: [1] }
    const { tensors } = await read(oldFile(tensorList(view)))
    expect(tensors.a).toEqual({ shape: [3], data: Float32Array.from([2, 3, 4]) })
  })

  const outside: [what: string, reason: string, view: PickledView][] = [
    ['is longer than its storage', 'tensor-outside', { shape: [5] }],
    ['begins behind its storage', 'tensor-outside', { offset: integer(4), shape: [1] }],
    ['begins before its storage', 'not-tensors', { offset: integer(-1) }],
    ['begins nowhere that a number can say', 'not-tensors', { offset: long(Array(16).fill(0x7f)) }],
    ['reaches behind it by its strides', 'tensor-outside', { shape: [2, 2], strides: [3, 1] }],
    ['runs backwards', 'not-tensors', { strides: [-1] }],
    ['has a side below 0', 'not-tensors', { shape: [-4] }],
    ['has more sides than strides', 'not-tensors', { shape: [2, 2] }],
    ['has more sides than any tensor', 'not-tensors', { shape: Array(9).fill(1), strides: Array(9).fill(1) }],
    ['repeats one value a billion times', 'tensor-outside', { shape: [1e9], strides: [0] }],
    [
      'has more values than numbers count exactly',
      'tensor-outside',
      { shape: [2e9, 2e9, 2e9, 2e9], strides: [0, 0, 0, 0] },
    ],
    ['is of a type that is not known', 'pickle-global', { type: 'ComplexFloatStorage' }],
    ['has a storage longer than the file', 'file-cut-off', { count: 2e9 }],
    ['has a storage of fewer values than none', 'not-tensors', { count: -4 }],
  ]
  it.each(outside)('that %s is refused', async (_what, reason, view) => {
    expect(await reasonOf(oldFile(tensorList(view)))).toBe(reason)
  })

  it('that shares its values with a thousand others does not take a thousand times the memory', async () => {
    const count = 1000
    const values = Array.from({ length: count }, () => 0.5)
    const views = Array.from({ length: 1000 }, (_, i) =>
      tensorItem({ name: `t${i}`, count, shape: [count] }),
    ).flat()
    const bytes = oldFile(pickle(emptyDictionary, ...views), storages({ key: '1', values }))
    await expect(readPytorchFile(bytes, 4e6)).resolves.toMatchObject({ leftOut: [] })
    expect(await reasonOf(bytes)).toBe('tensors-too-large')
  })

  it('whose name is one of JavaScript’s own is a tensor like any other', async () => {
    const { tensors } = await read(oldFile(tensorList({ name: '__proto__' })))
    expect(Object.keys(tensors)).toEqual(['__proto__'])
  })
})

describe('the storages', () => {
  const behind: [what: string, reason: string, bytes: Buffer][] = [
    ['are missing', 'file-cut-off', Buffer.alloc(0)],
    ['are not those of the list', 'not-tensors', storages({ key: '2', values: [1, 2, 3, 4] })],
    [
      'come twice',
      'not-tensors',
      storages({ key: '1', values: [1, 2, 3, 4] }, { key: '1', values: [0, 0, 0, 0] }),
    ],
    ['have another number of values', 'storage-mismatch', storages({ key: '1', values: [1, 2, 3] })],
    [
      'say that they have fewer values than none',
      'storage-mismatch',
      storages({ key: '1', count: -4n, values: [] }),
    ],
    ['say more than any file has', 'storage-mismatch', storages({ key: '1', count: 2n ** 62n, values: [] })],
    ['end too early', 'file-cut-off', storages({ key: '1', count: 4n, values: [1, 2, 3] })],
    ['are no list', 'not-tensors', pickle(none)],
    ['leave one out', 'file-cut-off', storages()],
  ]
  it.each(behind)('that %s are refused', async (_what, reason, bytes) => {
    expect(await reasonOf(oldFile(tensorList(), bytes))).toBe(reason)
  })

  it('of one key and two sizes are refused', async () => {
    const list = pickle(
      emptyDictionary,
      ...tensorItem({}),
      ...tensorItem({ name: 'b', count: 3, shape: [3] }),
    )
    expect(await reasonOf(oldFile(list))).toBe('storage-mismatch')
  })
})

describe('the beginning of a file', () => {
  it('with another magic number, another version or another byte order is refused', async () => {
    const list = tensorList()
    expect(await reasonOf(Buffer.concat([pickle(integer(7)), version, machine(), list]))).toBe('not-pytorch')
    expect(await reasonOf(Buffer.concat([magic, pickle(integer(1002)), machine(), list]))).toBe('not-pytorch')
    expect(await reasonOf(Buffer.concat([magic, version, machine(false), list]))).toBe('other-byte-order')
    expect(await reasonOf(Buffer.concat([magic, version, pickle(none), list]))).toBe('other-byte-order')
  })
})

describe('an archive', () => {
  const floats = (...values: number[]): Buffer => Buffer.from(Float32Array.from(values).buffer)
  const list = { name: 'a/data.pkl', content: tensorList() }
  const data = { name: 'a/data/1', content: floats(1, 2, 3, 4) }

  it('gives its tensors, stored or deflated', async () => {
    for (const method of [0, 8]) {
      const { tensors } = await read(zipBytes([list, { ...data, method }]))
      expect(tensors.a).toEqual({ shape: [4], data: Float32Array.from([1, 2, 3, 4]) })
    }
  })

  it.each([
    ['without a list of tensors', 'not-pytorch', [data]],
    ['without the values', 'file-cut-off', [list]],
    ['with too few values', 'storage-mismatch', [list, { ...data, content: floats(1, 2, 3) }]],
    ['with a wrong checksum', 'archive-damaged', [list, { ...data, crc: 1 }]],
    ['whose list says another size', 'archive-damaged', [list, { ...data, size: 1e5 }]],
    ['whose list says that it is huge', 'tensors-too-large', [list, { ...data, size: 2e9 }]],
    ['of another byte order', 'other-byte-order', [list, data, { name: 'a/byteorder', content: 'big' }]],
    ['with a path that leads out of it', 'archive-damaged', [list, { ...data, name: '../../etc/passwd' }]],
  ])('%s is refused', async (_what, reason, entries) => {
    expect(await reasonOf(zipBytes(entries))).toBe(reason)
  })

  it('that unpacks to more than is allowed is refused before anything is unpacked', async () => {
    const bomb = { name: 'a/data/1', content: Buffer.alloc(5e6) }
    expect(await reasonOf(zipBytes([list, bomb]))).toBe('tensors-too-large')
  })
})

it('of a pickle alone, without what a file begins with, is nothing that is read', async () => {
  expect(await reasonOf(tensorList())).toBe('pickle-global')
  expect(await reasonOf(stop)).toBe('pickle-malformed')
})
