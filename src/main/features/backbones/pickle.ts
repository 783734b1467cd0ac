/**
 * Reads pickles, the format of Python's serialized objects (PEP 307, PEP 3154), without running what they ask for.
 *
 * A pickle is a program for a stack machine, and some of its operations import and call any Python function. Here only
 * the operations exist that PyTorch writes for a dictionary of tensors, and a function can be called only if the
 * caller's table has it, which then runs the TypeScript function of that table. Everything else is refused.
 *
 * What memory a pickle can take is limited: the number of operations is, each adds at most one value, what stands in
 * the memo is shared and never copied, and no length is believed before that many bytes were found.
 */
import { message } from '../../../shared/messages/message.ts'
import { Refusal } from './refusal.ts'

export interface PickledTuple<T> {
  kind: 'tuple'
  items: PickleValue<T>[]
}
export interface PickledList<T> {
  kind: 'list'
  items: PickleValue<T>[]
}
export interface PickledDictionary<T> {
  kind: 'dictionary'
  entries: Map<PickleValue<T>, PickleValue<T>>
}
/** A class or function that the pickle names. */
export interface PickledGlobal {
  kind: 'global'
  name: string
}
/** What the caller made of a persistent id, or of a call. */
export interface PickledObject<T> {
  kind: 'object'
  object: T
}
export type PickleValue<T> =
  | null
  | boolean
  | number
  | bigint
  | string
  | PickledTuple<T>
  | PickledList<T>
  | PickledDictionary<T>
  | PickledGlobal
  | PickledObject<T>

export interface PickleRules<T> {
  /** Names that a pickle may mention, as `module.name`. Those with a function may also be called. */
  globals: ReadonlyMap<string, ((values: readonly PickleValue<T>[]) => PickleValue<T>) | null>
  /** Reads the id of something that is stored outside the pickle. */
  persistent(id: PickleValue<T>): T
}

/** The operations by their byte (pickletools.py of Python describes each). */
const operation = {
  mark: 0x28,
  emptyTuple: 0x29,
  stop: 0x2e,
  pop: 0x30,
  popMark: 0x31,
  duplicate: 0x32,
  float: 0x47,
  int32: 0x4a,
  uint8: 0x4b,
  uint16: 0x4d,
  none: 0x4e,
  persistentId: 0x51,
  reduce: 0x52,
  unicode32: 0x58,
  emptyList: 0x5d,
  append: 0x61,
  build: 0x62,
  global: 0x63,
  appends: 0x65,
  get8: 0x68,
  get32: 0x6a,
  put8: 0x71,
  put32: 0x72,
  setItem: 0x73,
  tuple: 0x74,
  setItems: 0x75,
  emptyDictionary: 0x7d,
  protocol: 0x80,
  tuple1: 0x85,
  tuple2: 0x86,
  tuple3: 0x87,
  true: 0x88,
  false: 0x89,
  long8: 0x8a,
  unicode8: 0x8c,
  stackGlobal: 0x93,
  memoize: 0x94,
  frame: 0x95,
} as const

const newestProtocol = 5
/** The list of a network with a thousand tensors has some 30,000 operations. */
const mostOperations = 1_000_000
/** Names of modules and classes are shorter than this. */
const longestName = 256

/**
 * Reads one pickle that begins at `start`.
 * @returns its value, and the position behind it
 * @throws Refusal
 */
export function readPickle<T>(
  bytes: Buffer,
  start: number,
  rules: PickleRules<T>,
): { value: PickleValue<T>; end: number } {
  let at = start
  let stack: PickleValue<T>[] = []
  /** The stacks below each open mark. */
  const below: PickleValue<T>[][] = []
  const memo = new Map<number, PickleValue<T>>()

  const malformed = (): Refusal => new Refusal(message('pickle-malformed', { at }))
  function take(length: number): number {
    const from = at
    if (length > bytes.length - at) throw new Refusal(message('file-cut-off'))
    at += length
    return from
  }
  function pop(): PickleValue<T> {
    const value = stack.pop()
    if (value === undefined) throw malformed()
    return value
  }
  function top(): PickleValue<T> {
    const value = stack.at(-1)
    if (value === undefined) throw malformed()
    return value
  }
  /** What was pushed since the last mark, which is removed. */
  function sinceMark(): PickleValue<T>[] {
    const items = stack
    const former = below.pop()
    if (former === undefined) throw malformed()
    stack = former
    return items
  }
  function popMany(count: number): PickleValue<T>[] {
    if (stack.length < count) throw malformed()
    return stack.splice(stack.length - count)
  }
  function list(): PickledList<T> {
    const value = top()
    if (!isKind(value, 'list')) throw malformed()
    return value
  }
  function dictionary(): PickledDictionary<T> {
    const value = top()
    if (!isKind(value, 'dictionary')) throw malformed()
    return value
  }
  function text(length: number): string {
    return bytes.toString('utf8', take(length), at)
  }
  function line(): string {
    const end = bytes.indexOf(0x0a, at)
    if (end < 0) throw new Refusal(message('file-cut-off'))
    if (end - at > longestName) throw malformed()
    const words = bytes.toString('utf8', at, end)
    at = end + 1
    return words
  }
  function global(module: string, name: string): PickledGlobal {
    const full = `${module}.${name}`
    if (!rules.globals.has(full)) throw new Refusal(message('pickle-global', { name: full }))
    return { kind: 'global', name: full }
  }
  function call(): PickleValue<T> {
    const given = pop()
    const callee = pop()
    if (!isKind(given, 'tuple') || !isKind(callee, 'global')) throw malformed()
    const act = rules.globals.get(callee.name)
    if (!act) throw new Refusal(message('pickle-global', { name: callee.name }))
    return act(given.items)
  }
  function store(index: number): void {
    memo.set(index, top())
  }
  function recall(index: number): PickleValue<T> {
    const value = memo.get(index)
    if (value === undefined) throw malformed()
    return value
  }

  for (let done = 0; ; done++) {
    if (done === mostOperations) throw malformed()
    const code = bytes.readUInt8(take(1))
    switch (code) {
      case operation.protocol:
        if (bytes.readUInt8(take(1)) > newestProtocol) throw malformed()
        break
      case operation.frame:
        // A hint for readers of streams: how many bytes come in one piece.
        take(8)
        break
      case operation.stop: {
        const value = pop()
        if (stack.length > 0 || below.length > 0) throw malformed()
        return { value, end: at }
      }
      case operation.mark:
        below.push(stack)
        stack = []
        break
      case operation.pop:
        pop()
        break
      case operation.popMark:
        sinceMark()
        break
      case operation.duplicate:
        stack.push(top())
        break
      case operation.none:
        stack.push(null)
        break
      case operation.true:
        stack.push(true)
        break
      case operation.false:
        stack.push(false)
        break
      case operation.uint8:
        stack.push(bytes.readUInt8(take(1)))
        break
      case operation.uint16:
        stack.push(bytes.readUInt16LE(take(2)))
        break
      case operation.int32:
        stack.push(bytes.readInt32LE(take(4)))
        break
      case operation.float:
        stack.push(bytes.readDoubleBE(take(8)))
        break
      case operation.long8: {
        const length = bytes.readUInt8(take(1))
        stack.push(longOf(bytes.subarray(take(length), at)))
        break
      }
      case operation.unicode8:
        stack.push(text(bytes.readUInt8(take(1))))
        break
      case operation.unicode32:
        stack.push(text(bytes.readUInt32LE(take(4))))
        break
      case operation.emptyTuple:
        stack.push({ kind: 'tuple', items: [] })
        break
      case operation.tuple1:
        stack.push({ kind: 'tuple', items: popMany(1) })
        break
      case operation.tuple2:
        stack.push({ kind: 'tuple', items: popMany(2) })
        break
      case operation.tuple3:
        stack.push({ kind: 'tuple', items: popMany(3) })
        break
      case operation.tuple: {
        const items = sinceMark()
        stack.push({ kind: 'tuple', items })
        break
      }
      case operation.emptyList:
        stack.push({ kind: 'list', items: [] })
        break
      case operation.append: {
        const item = pop()
        list().items.push(item)
        break
      }
      case operation.appends: {
        const items = sinceMark()
        const { items: present } = list()
        for (const item of items) present.push(item)
        break
      }
      case operation.emptyDictionary:
        stack.push({ kind: 'dictionary', entries: new Map() })
        break
      case operation.setItem: {
        const [key = null, value = null] = popMany(2)
        dictionary().entries.set(key, value)
        break
      }
      case operation.setItems: {
        const items = sinceMark()
        const { entries } = dictionary()
        if (items.length % 2 !== 0) throw malformed()
        for (let i = 0; i < items.length; i += 2) entries.set(items[i] ?? null, items[i + 1] ?? null)
        break
      }
      case operation.global: {
        const module = line()
        stack.push(global(module, line()))
        break
      }
      case operation.stackGlobal: {
        const name = pop()
        const module = pop()
        if (typeof module !== 'string' || typeof name !== 'string') throw malformed()
        if (module.length + name.length > longestName) throw malformed()
        stack.push(global(module, name))
        break
      }
      case operation.reduce:
        stack.push(call())
        break
      case operation.build:
        // The attributes of a dictionary. PyTorch keeps the versions of layers there, which nobody asks for.
        pop()
        dictionary()
        break
      case operation.persistentId:
        stack.push({ kind: 'object', object: rules.persistent(pop()) })
        break
      case operation.put8:
        store(bytes.readUInt8(take(1)))
        break
      case operation.put32:
        store(bytes.readUInt32LE(take(4)))
        break
      case operation.memoize:
        store(memo.size)
        break
      case operation.get8:
        stack.push(recall(bytes.readUInt8(take(1))))
        break
      case operation.get32:
        stack.push(recall(bytes.readUInt32LE(take(4))))
        break
      default:
        throw new Refusal(message('pickle-operation', { code: `0x${code.toString(16)}`, at: at - 1 }))
    }
  }
}

/** Whether a value is of a kind of its own, such as a tuple. */
export function isKind<T, K extends 'tuple' | 'list' | 'dictionary' | 'global' | 'object'>(
  value: PickleValue<T>,
  kind: K,
): value is Extract<PickleValue<T>, { kind: K }> {
  return typeof value === 'object' && value !== null && value.kind === kind
}

/** An integer of any length: two's complement, the lowest byte first. */
function longOf(bytes: Buffer): number | bigint {
  if (bytes.length === 0) return 0
  const unsigned = BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`)
  const signed = BigInt.asIntN(bytes.length * 8, unsigned)
  const plain = Number(signed)
  return Number.isSafeInteger(plain) ? plain : signed
}
