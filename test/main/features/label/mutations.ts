/** Changes of a document, drawn at random: as broken programs, disks and people make them. */
import fc from 'fast-check'

/** How many documents are drawn: more where FANOSCOPE_MUTATIONS says it. The seed is fixed. */
export const documents = Number(process.env.FANOSCOPE_MUTATIONS ?? 400)
export const seed = 20_240_612

const junk = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    '',
    'x',
    -1,
    0,
    0.5,
    1e308,
    -1e308,
    2 ** 53,
    'NaN',
    [],
    {},
    [[]],
    [null],
    true,
    '\0',
    '\ud800',
    'x'.repeat(5000),
    { size: [1e9, 1e9], counts: 'h]1d0' },
    { size: [36, 48], counts: [-1, 5] },
    { size: [36, 48], counts: [0, 1728] },
    { size: [36, 48], counts: [1e15, 1e15] },
    [1, 2, 3],
    [[1, 2, 3, 4, 5, 6, 7]],
    [1e300, -1e300, 5, 5, 7, 9],
    [
      [0, 0],
      [Number.MAX_VALUE, 5],
      [9, 9],
    ],
  ),
  fc.jsonValue({ maxDepth: 3 }),
)

/** What a mutation does to one value of a document, found by a path of choices. */
export interface Mutation {
  piece: number
  path: number[]
  how: 'replace' | 'delete' | 'duplicate' | 'grow' | 'wrap'
  value: unknown
}

export const mutation: fc.Arbitrary<Mutation> = fc.record({
  piece: fc.nat(9),
  path: fc.array(fc.nat(40), { minLength: 1, maxLength: 4 }),
  how: fc.constantFrom('replace', 'replace', 'replace', 'delete', 'duplicate', 'grow', 'wrap'),
  value: junk,
})

/** Changes something inside an object or a list; the path chooses its keys. */
export function mutate(target: unknown, { path, how, value: drawn }: Mutation): void {
  const value: unknown = structuredClone(drawn)
  let inside: unknown = target
  for (const [depth, choice] of path.entries()) {
    if (typeof inside !== 'object' || inside === null) return
    const keys = Object.keys(inside)
    const key = keys[choice % Math.max(1, keys.length)]
    if (key === undefined) return
    const next: unknown = Reflect.get(inside, key)
    if (depth === path.length - 1 || typeof next !== 'object' || next === null) {
      if (how === 'delete' && !Array.isArray(inside)) Reflect.deleteProperty(inside, key)
      else if (how === 'delete' && Array.isArray(inside)) inside.splice(Number(key), 1)
      else if (how === 'duplicate' && Array.isArray(inside)) inside.push(structuredClone(next))
      else if (how === 'grow' && typeof next === 'number') Reflect.set(inside, key, next * 1e6)
      else if (how === 'wrap') Reflect.set(inside, key, [next])
      else Reflect.set(inside, key, value)
      return
    }
    inside = next
  }
}
