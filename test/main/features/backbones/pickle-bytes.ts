/** Pickles written byte by byte, as a hostile file would have them; the operations are those of pickletools.py. */

const byte = (...values: number[]): Buffer => Buffer.from(values)
const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(value)
  return bytes
}

export const mark = byte(0x28)
export const stop = byte(0x2e)
export const protocol = byte(0x80, 2)
export const none = byte(0x4e)
export const emptyTuple = byte(0x29)
export const emptyList = byte(0x5d)
export const emptyDictionary = byte(0x7d)
export const tupleSinceMark = byte(0x74)
export const appends = byte(0x65)
export const setItem = byte(0x73)
export const setItems = byte(0x75)
export const reduce = byte(0x52)
export const build = byte(0x62)
export const persistentId = byte(0x51)

export const text = (words: string): Buffer =>
  Buffer.concat([byte(0x58), int32(Buffer.byteLength(words)), Buffer.from(words)])
export const integer = (value: number): Buffer => Buffer.concat([byte(0x4a), int32(value)])
/** An integer of up to 255 bytes, from its bytes, the lowest first. */
export const long = (bytes: readonly number[]): Buffer => byte(0x8a, bytes.length, ...bytes)
export const global = (module: string, name: string): Buffer => Buffer.from(`c${module}\n${name}\n`)
export const tuple = (...items: Buffer[]): Buffer => Buffer.concat([mark, ...items, tupleSinceMark])
export const put = (index: number): Buffer => Buffer.concat([byte(0x72), int32(index)])
export const get = (index: number): Buffer => Buffer.concat([byte(0x6a), int32(index)])
export const pickle = (...operations: Buffer[]): Buffer => Buffer.concat([protocol, ...operations, stop])

/** 0x1950a86a20f9469cfc6c, by which a file of PyTorch begins. */
export const magic = pickle(long([0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19]))
export const version = pickle(integer(1001))
export const machine = (littleEndian = true): Buffer =>
  pickle(emptyDictionary, text('little_endian'), byte(littleEndian ? 0x88 : 0x89), setItem)

export interface PickledView {
  name?: string
  key?: string
  type?: string
  /** Values that the storage is said to have. */
  count?: number
  offset?: Buffer
  shape?: readonly number[]
  strides?: readonly number[]
}

/** A dictionary with one tensor. */
export function tensorList(view: PickledView = {}): Buffer {
  return pickle(emptyDictionary, ...tensorItem(view))
}

/** What adds a tensor to the dictionary on top of the stack. */
export function tensorItem({
  name = 'a',
  key = '1',
  type = 'FloatStorage',
  count = 4,
  offset = integer(0),
  shape = [4],
  strides = [1],
}: PickledView): Buffer[] {
  const storage = tuple(text('storage'), global('torch', type), text(key), text('cpu'), integer(count), none)
  return [
    text(name),
    global('torch._utils', '_rebuild_tensor_v2'),
    tuple(
      storage,
      persistentId,
      offset,
      tuple(...shape.map(integer)),
      tuple(...strides.map(integer)),
      byte(0x89),
      emptyTuple,
    ),
    reduce,
    setItem,
  ]
}

/** The storages behind the lists: their keys, and each with its number of values and its values. */
export function storages(...stored: { key: string; count?: bigint; values: readonly number[] }[]): Buffer {
  const keys = pickle(emptyList, mark, ...stored.map(({ key }) => text(key)), appends)
  const contents = stored.map(({ count, values }) => {
    const bytes = Buffer.alloc(8 + values.length * 4)
    bytes.writeBigInt64LE(count ?? BigInt(values.length))
    for (const [i, value] of values.entries()) bytes.writeFloatLE(value, 8 + i * 4)
    return bytes
  })
  return Buffer.concat([keys, ...contents])
}

/** A file of PyTorch's old format. */
export const oldFile = (list: Buffer, behind = storages({ key: '1', values: [1, 2, 3, 4] })): Buffer =>
  Buffer.concat([magic, version, machine(), list, behind])
