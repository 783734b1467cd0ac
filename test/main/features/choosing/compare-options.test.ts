import { expect, it } from 'vitest'
import {
  type ChoiceItem,
  compareOptions,
  type ScoredRun,
} from '../../../../src/main/features/choosing/compare-options.ts'
import { createRandom } from '../../../../src/main/platform/random.ts'

const names = ['residual', 'peak']
const settings = [
  { score: 'izi', k: 1, reduction: 'max' as const },
  { score: 'peak', k: 1, reduction: 'max' as const },
]

/** Photographs each judged without a defect and with one of each type; scores by what the picture is. */
function line(
  photographs: number,
  types: readonly string[],
  score: (item: ChoiceItem) => [residual: number, peak: number],
  real = 0,
): { items: ChoiceItem[]; runs: ScoredRun[] } {
  const items: ChoiceItem[] = []
  for (let photograph = 0; photograph < photographs; photograph++) {
    items.push({ kind: 'normal', photograph, type: null })
    for (const type of types) items.push({ kind: 'made', photograph, type })
  }
  for (let photograph = 0; photograph < real; photograph++)
    items.push({ kind: 'real', photograph, type: 'dent' })
  return { items, runs: [runOf('r-1', items, score)] }
}

const runOf = (
  run: string,
  items: readonly ChoiceItem[],
  score: (item: ChoiceItem) => readonly [number, number],
): ScoredRun => ({
  run,
  names,
  own: { latent: 8, expectedCriticValue: 0, featureShare: 0.1 },
  settings,
  components: items.map((item) => Float32Array.from(score(item))),
})

it('puts the score first that tells made defects apart, and says by how much it is better than the one in use', () => {
  const random = createRandom(1)
  const { items, runs } = line(30, ['spot', 'scratch'], ({ kind }) => [
    random.uniform(),
    random.uniform() + (kind === 'made' ? 2 : 0),
  ])
  const { options, gain } = compareOptions(items, runs, 1)
  expect(options.map(({ score, inUse }) => [score, inUse])).toEqual([
    ['peak', false],
    ['izi', true],
  ])
  expect(options[0]).toMatchObject({ made: 1, perType: { spot: 1, scratch: 1 }, behind: null, real: null })
  const [best, inUse] = options
  expect(gain?.value).toBeCloseTo((best?.value ?? 0) - (inUse?.value ?? 0), 12)
  expect(gain?.low).toBeGreaterThan(0)
})

it('lets each type count alike: the mean of their areas', () => {
  const { items, runs } = line(10, ['spot', 'scratch'], ({ type, photograph }) => [
    photograph + (type === 'spot' ? 100 : type === 'scratch' ? -100 : 0),
    photograph,
  ])
  const { options } = compareOptions(items, runs, 1)
  const izi = options.find(({ score }) => score === 'izi')
  expect(izi).toMatchObject({ made: 0.5, perType: { spot: 1, scratch: 0 } })
})

it('keeps what is in use where another is as good', () => {
  // Both rank all pictures alike, though by other numbers.
  const { items, runs } = line(8, ['spot'], ({ kind, photograph }) => {
    const rank = photograph + (kind === 'made' ? 3.5 : 0)
    return [rank, rank ** 3]
  })
  const { options, gain } = compareOptions(items, runs, 1)
  expect(options).toHaveLength(2)
  expect(options[0]).toMatchObject({ score: 'izi', inUse: true })
  expect(options[1]?.behind).toMatchObject({ value: 0, low: 0, high: 0 })
  expect(gain).toBeNull()
})

it('leaves out what gives the same scores as an option before it', () => {
  const { items, runs } = line(8, ['spot'], ({ kind, photograph }) => [photograph, kind === 'made' ? 1 : 0])
  const [run] = runs
  if (!run) throw new TypeError('no run')
  // Pictures of one tile: its score, its mean and its highest share are one and the same.
  const all = (['max', 'mean', 'top-k'] as const).map((reduction) => ({ score: 'izi', k: 1, reduction }))
  const { options } = compareOptions(items, [{ ...run, settings: all }], 1)
  expect(options.map(({ reduction }) => reduction)).toEqual(['max'])
})

it('weighs real defects by how many there are: 20 of them half', () => {
  const score = ({ kind, photograph }: ChoiceItem): [number, number] => [
    photograph + (kind === 'made' ? 100 : kind === 'real' ? -100 : 0),
    photograph + (kind === 'real' ? 100 : kind === 'made' ? -100 : 0),
  ]
  const few = line(10, ['spot'], score, 5)
  const first = compareOptions(few.items, few.runs, 1)
  expect(first.weight).toBeCloseTo(0.2, 12)
  expect(first.options[0]).toMatchObject({ score: 'izi', made: 1, real: 0 })
  expect(first.options[0]?.value).toBeCloseTo(0.8, 12)
  const many = line(10, ['spot'], score, 60)
  const second = compareOptions(many.items, many.runs, 1)
  expect(second.weight).toBeCloseTo(0.75, 12)
  expect(second.options[0]).toMatchObject({ score: 'peak', made: 0, real: 1 })
})

it('chooses between runs, against what the first of them is judged by', () => {
  const { items, runs } = line(12, ['spot'], ({ photograph }) => [photograph, -photograph])
  const better = runOf('r-2', items, ({ kind, photograph }) => [photograph + (kind === 'made' ? 50 : 0), 0])
  const { options, gain } = compareOptions(items, [...runs, better], 1)
  expect(options[0]).toMatchObject({ run: 'r-2', score: 'izi', made: 1 })
  const reference = options.find(({ run, inUse }) => run === 'r-1' && inUse)
  expect(gain).toEqual(reference?.behind)
})

it('takes a photograph with all that was made of it as one: more defects on the same ones make nothing surer', () => {
  const random = createRandom(3)
  const levels = Array.from({ length: 12 }, () => [random.uniform(), random.uniform()])
  const score = ({ kind, photograph }: ChoiceItem): [number, number] => {
    const [a = 0, b = 0] = levels[photograph] ?? []
    return kind === 'made' ? [a + 0.3, b + 0.2] : [a, b]
  }
  const once = line(12, ['spot'], score)
  const items = once.items.flatMap((item) =>
    item.kind === 'made' ? new Array<ChoiceItem>(6).fill(item) : [item],
  )
  const often = compareOptions(items, [runOf('r-1', items, score)], 1)
  const { options } = compareOptions(once.items, once.runs, 1)
  expect(often.options[1]?.behind).toEqual(options[1]?.behind)
})

it('comes to the same for the same seed', () => {
  const random = createRandom(4)
  const { items, runs } = line(15, ['spot'], ({ kind }) => [
    random.uniform(),
    random.uniform() + Number(kind === 'made'),
  ])
  expect(compareOptions(items, runs, 7)).toEqual(compareOptions(items, runs, 7))
})

it('refuses a run that did not score each picture', () => {
  const { items, runs } = line(3, ['spot'], () => [1, 2])
  const short = runs.map((run) => ({ ...run, components: run.components.slice(1) }))
  expect(() => compareOptions(items, short, 1)).toThrow(RangeError)
  expect(() => compareOptions(items, short, 1)).toThrow('6 values were expected, 5 were given')
})

it('says what each part of the combined score finds alone, and what the others find without it', () => {
  const { items } = line(20, ['spot'], () => [0, 0])
  const random = createRandom(1)
  // The farthest cells tell every defect, all cells none.
  const components = items.map(({ kind }) =>
    Float32Array.of(random.uniform() + (kind === 'made' ? 5 : 0), random.uniform()),
  )
  const run: ScoredRun = {
    run: 'r-1',
    names: ['memory-local', 'memory-all'],
    own: { latent: 1, expectedCriticValue: 0, featureShare: 0.1 },
    settings: [{ score: 'combined', k: 1, reduction: 'max' }],
    components,
  }
  const [contribution] = compareOptions(items, [run], 1).contributions
  expect(contribution).toMatchObject({ run: 'r-1', all: 1 })
  const [local, all] = contribution?.parts ?? []
  expect(local).toMatchObject({ part: 'memory-local', alone: 1 })
  expect(all).toMatchObject({ part: 'memory-all', without: 1 })
  // What one part finds alone is what is found without the other.
  expect(local?.without).toBe(all?.alone)
  expect(all?.alone).toBeLessThan(0.8)
})

it('has no parts to tell of where nothing was remembered', () => {
  const { items, runs } = line(10, ['spot'], () => [0, 0])
  expect(compareOptions(items, runs, 1).contributions).toEqual([])
})
