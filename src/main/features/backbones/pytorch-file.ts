/**
 * Reads the tensors of a file that `torch.save` wrote, in its old format (PyTorch up to 1.5, `.pth`) and in its newer
 * one (a zip archive). What the file says about its tensors is a pickle, of which only tensors are admitted; no code
 * of the file is run (see `pickle.ts`). Every length is checked against the file before memory is taken for it.
 *
 * The old format: four pickles (a magic number, a version, facts about the machine that wrote it, the dictionary of
 * tensors), a pickle with the keys of the storages, and for each of them its number of values (int64) and the values.
 * A storage is an array; a tensor is a view of one, with an offset and strides in values.
 */
import { message } from '../../../shared/messages/message.ts'
import type { StoredTensor, TensorMap } from '../../model/safetensors.ts'
import { type Archive, isArchive, openArchive, tooLarge } from './archive.ts'
import { isKind, type PickledTuple, type PickleRules, type PickleValue, readPickle } from './pickle.ts'
import { Refusal } from './refusal.ts'

/** `torch.serialization.MAGIC_NUMBER`. */
const magicNumber = 0x1950a86a20f9469cfc6cn
const protocolVersion = 1001

/** Bytes of a value, by the class of the storage. Only the values of float storages are read. */
const bytesOfValue = new Map([
  ['torch.FloatStorage', 4],
  ['torch.DoubleStorage', 8],
  ['torch.HalfStorage', 2],
  ['torch.BFloat16Storage', 2],
  ['torch.LongStorage', 8],
  ['torch.IntStorage', 4],
  ['torch.ShortStorage', 2],
  ['torch.CharStorage', 1],
  ['torch.ByteStorage', 1],
  ['torch.BoolStorage', 1],
])

/** A tensor of the deepest convolution has four sides; PyTorch itself allows no more than 64. */
const mostSides = 8

interface Storage {
  is: 'storage'
  key: string
  type: string
  count: number
}
interface View {
  is: 'view'
  storage: Storage
  offset: number
  shape: number[]
  strides: number[]
}
type Value = PickleValue<Storage | View>

export interface PytorchTensors {
  tensors: TensorMap
  /** Tensors of whole numbers, such as counters, which are left out. */
  leftOut: string[]
}

/**
 * @param bytes the whole file
 * @param mostBytes the most bytes that its tensors may take together
 * @throws Refusal
 */
export async function readPytorchFile(bytes: Buffer, mostBytes: number): Promise<PytorchTensors> {
  return isArchive(bytes)
    ? readArchive(await openArchive(bytes, mostBytes), mostBytes)
    : readOldFormat(bytes, mostBytes)
}

/** For pickles of numbers, words, lists and dictionaries. */
const nothing: PickleRules<never> = {
  globals: new Map(),
  persistent: () => {
    throw notTensors()
  },
}

function readOldFormat(bytes: Buffer, mostBytes: number): PytorchTensors {
  const magic = readPickle(bytes, 0, nothing)
  if (magic.value !== magicNumber) throw new Refusal(message('not-pytorch'))
  const version = readPickle(bytes, magic.end, nothing)
  if (version.value !== protocolVersion) throw new Refusal(message('not-pytorch'))
  const machine = readPickle(bytes, version.end, nothing)
  if (!isKind(machine.value, 'dictionary') || machine.value.entries.get('little_endian') !== true) {
    throw new Refusal(message('other-byte-order'))
  }
  const { views, storages, end } = readViews(bytes, machine.end, bytes.length)
  const keys = readPickle(bytes, end, nothing)
  if (!isKind(keys.value, 'list')) throw notTensors()

  const contents = new Map<string, Buffer>()
  let at = keys.end
  for (const key of keys.value.items) {
    const storage = typeof key === 'string' ? storages.get(key) : undefined
    if (storage === undefined || contents.has(storage.key)) throw notTensors()
    if (at + 8 > bytes.length) throw new Refusal(message('file-cut-off'))
    const found = bytes.readBigInt64LE(at)
    if (found !== BigInt(storage.count)) throw otherCount(storage, Number(found))
    const from = at + 8
    at = from + storage.count * sizeOf(storage)
    if (at > bytes.length) throw new Refusal(message('file-cut-off'))
    contents.set(storage.key, bytes.subarray(from, at))
  }
  return gather(views, contents, mostBytes)
}

/** The newer format: `<folder>/data.pkl`, and each storage as a file `<folder>/data/<key>`. */
async function readArchive(archive: Archive, mostBytes: number): Promise<PytorchTensors> {
  const list = archive.names.find((name) => /^[^/]+\/data\.pkl$/.test(name))
  const bytes = list === undefined ? null : await archive.read(list)
  if (list === undefined || bytes === null) throw new Refusal(message('not-pytorch'))
  const folder = list.slice(0, -'data.pkl'.length)
  const order = await archive.read(`${folder}byteorder`)
  if (order !== null && order.toString('latin1') !== 'little') throw new Refusal(message('other-byte-order'))
  const { views, storages } = readViews(bytes, 0, Number.POSITIVE_INFINITY)
  const contents = new Map<string, Buffer>()
  for (const storage of storages.values()) {
    const content = await archive.read(`${folder}data/${storage.key}`)
    if (content === null) throw new Refusal(message('file-cut-off'))
    if (content.length !== storage.count * sizeOf(storage)) {
      throw otherCount(storage, Math.floor(content.length / sizeOf(storage)))
    }
    contents.set(storage.key, content)
  }
  return gather(views, contents, mostBytes)
}

const globals: PickleRules<Storage | View>['globals'] = new Map<
  string,
  ((values: readonly Value[]) => Value) | null
>([
  ['collections.OrderedDict', () => ({ kind: 'dictionary', entries: new Map() })],
  ['torch._utils._rebuild_tensor_v2', viewOf],
  ['torch._utils._rebuild_parameter', ([data = null]) => data],
  ...[...bytesOfValue.keys()].map((type): [string, null] => [type, null]),
])

/** The dictionary of tensors that begins at `start`: what each is a view of, still without values. */
function readViews(
  bytes: Buffer,
  start: number,
  fileBytes: number,
): { views: Map<string, View>; storages: Map<string, Storage>; end: number } {
  const storages = new Map<string, Storage>()
  const { value, end } = readPickle<Storage | View>(bytes, start, {
    globals,
    persistent(id) {
      const named = storageOf(id)
      const known = storages.get(named.key)
      if (known !== undefined && (known.type !== named.type || known.count !== named.count)) {
        throw otherCount(known, named.count)
      }
      if (named.count * sizeOf(named) > fileBytes) throw new Refusal(message('file-cut-off'))
      storages.set(named.key, known ?? named)
      return known ?? named
    },
  })
  if (!isKind(value, 'dictionary')) throw notTensors()
  const views = new Map<string, View>()
  for (const [name, entry] of value.entries) {
    if (typeof name !== 'string' || !isKind(entry, 'object') || entry.object.is !== 'view') throw notTensors()
    views.set(name, entry.object)
  }
  return { views, storages, end }
}

/** `('storage', class, key, device, number of values)`, in the old format with a sixth value that is None. */
function storageOf(id: Value): Storage {
  if (!isKind(id, 'tuple')) throw notTensors()
  const [what, type, key, , count, view = null] = id.items
  if (what !== 'storage' || view !== null || id.items.length > 6) throw notTensors()
  if (type === undefined || !isKind(type, 'global') || typeof key !== 'string') throw notTensors()
  if (!bytesOfValue.has(type.name) || !isCount(count)) throw notTensors()
  return { is: 'storage', key, type: type.name, count }
}

/** `(storage, offset, shape, strides, requires_grad, backward_hooks)`. */
function viewOf([source = null, offset, shape, strides]: readonly Value[]): Value {
  if (!isKind(source, 'object') || source.object.is !== 'storage' || !isCount(offset)) throw notTensors()
  const storage = source.object
  const view: View = { is: 'view', storage, offset, shape: countsOf(shape), strides: countsOf(strides) }
  if (view.shape.length !== view.strides.length) throw notTensors()
  const outside = new Refusal(message('tensor-outside', { storage: storage.key }))
  const count = countOf(view)
  // As many values as the storage has, or fewer: strides of 0 would make a huge tensor out of one value.
  if (count > storage.count) throw outside
  const last = view.shape.reduce((sum, side, i) => sum + (side - 1) * (view.strides[i] ?? 0), offset)
  if (count > 0 && last >= storage.count) throw outside
  return { kind: 'object', object: view }
}

function countsOf(value: Value | undefined): number[] {
  if (value === undefined || !isKind<Storage | View, 'tuple'>(value, 'tuple')) throw notTensors()
  const { items }: PickledTuple<Storage | View> = value
  if (items.length > mostSides || !items.every(isCount)) throw notTensors()
  return items
}

function isCount(value: Value | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

const countOf = ({ shape }: View): number => shape.reduce((product, side) => product * side, 1)
const sizeOf = ({ type }: Storage): number => bytesOfValue.get(type) ?? 1

const notTensors = (): Refusal => new Refusal(message('not-tensors'))
const otherCount = ({ key, count }: Storage, found: number): Refusal =>
  new Refusal(message('storage-mismatch', { storage: key, expected: count, found }))

/** Copies the values of each tensor out of its storage, in the order of its shape. */
function gather(
  views: ReadonlyMap<string, View>,
  contents: ReadonlyMap<string, Buffer>,
  mostBytes: number,
): PytorchTensors {
  const floats = [...views].filter(([, { storage }]) => storage.type === 'torch.FloatStorage')
  // Several tensors may share a storage, so a small file could describe any number of large tensors.
  const wanted = floats.reduce((sum, [, view]) => sum + countOf(view) * 4, 0)
  if (wanted > mostBytes) throw tooLarge(mostBytes)
  const tensors = floats.map(([name, view]): [string, StoredTensor] => {
    const content = contents.get(view.storage.key)
    if (content === undefined) throw new Refusal(message('file-cut-off'))
    return [name, { shape: view.shape, data: valuesOf(view, content) }]
  })
  const kept = new Set(floats.map(([name]) => name))
  return {
    tensors: Object.fromEntries(tensors),
    leftOut: [...views.keys()].filter((name) => !kept.has(name)),
  }
}

function valuesOf({ shape, strides, offset }: View, content: Buffer): Float32Array {
  const values = new Float32Array(shape.reduce((product, side) => product * side, 1))
  if (values.length === 0) return values
  const position = shape.map(() => 0)
  let from = offset
  for (let i = 0; i < values.length; i++) {
    values[i] = content.readFloatLE(from * 4)
    // To the next position, the last side the fastest.
    for (let side = shape.length - 1; side >= 0; side--) {
      const stride = strides[side] ?? 0
      const next = (position[side] ?? 0) + 1
      from += stride
      position[side] = next
      if (next < (shape[side] ?? 0)) break
      from -= next * stride
      position[side] = 0
    }
  }
  return values
}
