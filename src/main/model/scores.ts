/**
 * Score arithmetic on stored components, without TensorFlow: what scoring stores once for each tile is
 * enough to compute every score, for every k and every reduction, afterwards.
 */
import { Failure } from '../../shared/failure.ts'

/**
 * Of the whole photograph, where a run is told to store it: how far its texture and that of its residual are from
 * the nearest on good parts.
 */
export const textureComponent = 'texture'

/** Of each tile, where a run is told to store it: its residual over the residual that is expected at such a place. */
export const relativeComponent = 'relative'

/** Of each tile, where a run is told to store it: residuals of early features whitened by their covariance. */
export const whitenedComponent = 'whitened'

/**
 * Of the whole photograph, where a run has a backbone: how far its features are from the nearest on good parts. It is
 * stored as `memoryComponents`.
 */
export const memoryComponent = 'memory'

/** Evidence of the farthest cells, and of all cells; both in standard deviations of good photographs. */
export const memoryComponents = ['memory-local', 'memory-all'] as const

/** What systems can learn of good parts besides their networks, in the order in which it is stored behind theirs. */
export const learnedComponents = [
  whitenedComponent,
  relativeComponent,
  textureComponent,
  memoryComponent,
] as const
export type LearnedComponent = (typeof learnedComponents)[number]

/** The names under which it is stored. */
export const storedNames = (name: LearnedComponent): readonly string[] =>
  name === memoryComponent ? memoryComponents : [name]

/** All that is learned, by the names under which it is stored. */
export const learnedNames: readonly string[] = learnedComponents.flatMap(storedNames)

/** Those that exported graphs do not compute. `memory` has a graph of its own, of whole photographs. */
export const besideGraph: readonly string[] = [relativeComponent, textureComponent]

/** What one pass over a tile stores, in this order. */
export const fanoganComponents = ['residual', 'feature', 'latent', 'discriminator', 'peak'] as const

/** The same of GANomaly, whose G(x) = G_D(G_E(x)) stands for y and whose `code` is a distance of codes. */
export const ganomalyComponents = ['residual', 'feature', 'code', 'discriminator', 'peak'] as const

/** The same of AnoGAN, whose y = G(z*) is searched for each tile. */
export const anoganComponents = ['residual', 'absolute', 'absolute-feature', 'discriminator', 'peak'] as const

/** What there is to say where nothing restores an image. */
export const criticComponents = ['discriminator'] as const

/** Meaning of each component; x is a tile, y = G(E(x)). */
export const componentMeanings: Record<string, string> = {
  residual: '1/n * L2^2(x - y)',
  feature: '1/n_d * L2^2(f(x) - f(y))',
  latent: '1/d * L2^2(E(x) - E(y))',
  discriminator: 'D(x)',
  peak: 'largest value of |x - y| averaged over 5x5 pixels',
  code: 'L1(G_E(x) - E(G(x)))',
  texture: 'distance of the local texture of x and of x / y from the nearest on good parts, farthest 2 %',
  whitened:
    'L2(W (g(x) - g(y) - mean)), g the features of D after two halvings, mean of the farthest 1 % of cells',
  relative: 'largest ratio of |x - y| over cells to its mean on training tiles with the nearest codes',
  'memory-local':
    'distance of the features of a backbone from the nearest on good parts, farthest 2 % of cells, in standard deviations of good photographs',
  'memory-all': 'the same distance, all cells, in standard deviations of good photographs',
  absolute: 'L1(x - y)',
  'absolute-feature': 'L1(f(x) - f(y))',
}

export const scoreKinds = [
  {
    name: 'izif',
    formula: '1/n*L2^2(x - G(E(x))) + k/n_d*L2^2(f(x) - f(G(E(x))))',
    from: 'Schlegl et al. 2019',
    needs: ['residual', 'feature'],
  },
  {
    name: 'latent-feature',
    formula: 'L2^2(E(x) - E(G(E(x)))) + k/n_d*L2^2(f(x) - f(G(E(x))))',
    from: 'the article',
    needs: ['latent', 'feature'],
  },
  { name: 'izi', formula: '1/n*L2^2(x - G(E(x)))', from: 'Schlegl et al. 2019', needs: ['residual'] },
  { name: 'ziz', formula: '1/d*L2^2(E(x) - E(G(E(x))))', from: 'Schlegl et al. 2019', needs: ['latent'] },
  { name: 'discriminator', formula: 'E[D(x_train)] - D(x)', from: 'the article', needs: ['discriminator'] },
  {
    name: 'peak',
    formula: 'max over pixels of mean_5x5 |x - G(E(x))|',
    from: 'Fanoscope: for defects much smaller than the part',
    needs: ['peak'],
  },
  {
    name: 'whitened',
    formula:
      'mean over the farthest 1 % of cells c of L2(W(g(x)_c - g(G(E(x)))_c - mean)), g features of D after two halvings, W and mean of their residuals on good parts',
    from: 'Fanoscope: for features that are never reproduced well, good or not',
    needs: ['whitened'],
  },
  {
    name: 'relative',
    formula:
      'max over scales s and windows w of sum_w |x - G(E(x))| / sum_w expected(E(x)) / usual_s, expected the mean residual of the training tiles with the nearest codes',
    from: 'Fanoscope: for places that are never reproduced well, good or not',
    needs: ['relative'],
  },
  {
    name: 'texture',
    formula:
      'mean over the farthest 2 % of cells c of the sum over t of min over good cells g of L2(W(t(c) - t(g))) / usual, t local derivatives of log(x) and of log(x / G(E(x)))',
    from: 'Fanoscope, after Roth et al. 2022: for surfaces whose texture no generator reproduces',
    needs: ['texture'],
  },
  {
    name: 'memory',
    formula:
      'max(local, all) of the distances d_c = sum over sizes of min over good cells g of L2(W(b(x)_c - g)) / usual, b features of a backbone: (mean over the farthest 2 % of c - usual) / deviation, (mean over all c - usual) / deviation',
    from: 'Fanoscope, after Roth et al. 2022: for surfaces and parts that features of a large network tell apart',
    needs: memoryComponents,
  },
  {
    name: 'combined',
    formula:
      'log of the sum over parts p of exp((p - mean_p) / deviation_p), mean and deviation of good photographs that nothing was learned from; p memory-local, memory-all, peak on whole photographs, and texture',
    from: 'Fanoscope: one score that needs no choosing',
    needs: memoryComponents,
  },
  {
    name: 'ganomaly',
    formula: 'L1(G_E(x) - E(G(x)))',
    from: 'Akcay et al. 2018, equation 6',
    needs: ['code'],
  },
  {
    name: 'anogan',
    formula: '(1-lambda)*L1(x - G(z*)) + lambda*L1(f(x) - f(G(z*)))',
    from: 'Schlegl et al. 2017, equation 6',
    needs: ['absolute', 'absolute-feature'],
  },
] as const

export type ScoreKind = (typeof scoreKinds)[number]['name']

export const reductions = ['max', 'mean', 'top-k'] as const
export type Reduction = (typeof reductions)[number]

/** The share of the tiles that `top-k` averages: the highest tenth, at least one. */
export const topShare = 0.1

/** What is usual of a component on good photographs that nothing was learned from. */
export interface UsualPart {
  mean: number
  deviation: number
}
export type ScoreParts = Readonly<Record<string, UsualPart>>

/** Evidence of a memory is in deviations already, of good photographs that its bank does not hold. */
const memoryAlone: ScoreParts = Object.fromEntries(
  memoryComponents.map((name) => [name, { mean: 0, deviation: 1 }]),
)

/** What `combined` is made of. */
export const partsInUse = (parts: ScoreParts | undefined): ScoreParts => parts ?? memoryAlone

/** With fewer good photographs a deviation says too little. */
const fewestForParts = 5

/**
 * What `combined` is made of, of the components that a run stores. The residual takes part where the networks see
 * whole photographs: on tiles of a surface it is mostly grain, see docs/presets.md.
 */
export const partNames = (names: readonly string[], input: 'whole' | 'tiles' | 'features'): string[] =>
  [...memoryComponents, ...(input === 'whole' ? ['peak'] : []), textureComponent].filter((name) =>
    names.includes(name),
  )

/**
 * What is usual of each part that enough photographs have a value of.
 * @param photographs values of components, by name, of good photographs that nothing was learned from
 * @returns undefined where there are too few of them, or there is no memory
 */
export function partsOf(
  photographs: readonly Readonly<Record<string, number>>[],
  parts: readonly string[],
): Record<string, UsualPart> | undefined {
  const valuesOf = (name: string): number[] => photographs.flatMap((of) => of[name] ?? [])
  const measured = parts
    .map((name) => ({ name, values: valuesOf(name) }))
    .filter(({ values }) => values.length >= fewestForParts)
  if (!memoryComponents.every((name) => measured.some((part) => part.name === name))) return undefined
  return Object.fromEntries(
    measured.map(({ name, values }) => {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length
      const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
      const deviation = Math.sqrt(squares / (values.length - 1))
      return [name, { mean, deviation: Math.max(deviation, Math.abs(mean) / 100, 1e-9) }]
    }),
  )
}

export interface ScoreOptions {
  kind: ScoreKind
  /** Weight of the feature term, Schlegl et al. 2019. */
  k: number
  reduction: Reduction
  /** Dimensions d of z. */
  latent: number
  /** E over random training images of D, for `discriminator`. */
  expectedCriticValue: number
  /** What `combined` is made of, and what is usual of each part; the memory alone where it is left out. */
  parts?: ScoreParts | undefined
  /** Weight lambda of the features in `anogan`; the paper's where it is left out. */
  featureShare?: number
}

/** Lambda of Schlegl et al. 2017, section 2.2. */
export const paperFeatureShare = 0.1

/** The components that a score is made of; of `combined`, those of its parts. */
export function componentsOf(score: string, parts: ScoreParts | undefined): readonly string[] {
  if (score === 'combined') return Object.keys(partsInUse(parts))
  return scoreKinds.find(({ name }) => name === score)?.needs ?? []
}

/** Whether a score needs what a run can learn besides its networks. */
export const isMadeOf = (score: string, learned: LearnedComponent): boolean =>
  scoreKinds.some(
    ({ name, needs }) => name === score && needs.some((need) => storedNames(learned).includes(need)),
  )

/** The scores that can be made from components of these names, in the order of `scoreKinds`. */
export function scoresFrom(components: readonly string[]): ScoreKind[] {
  return scoreKinds
    .filter(({ needs }) => needs.every((name) => components.includes(name)))
    .map(({ name }) => name)
}

/** Whether a name is that of a score. */
export function isScoreKind(name: string): name is ScoreKind {
  return scoreKinds.some((score) => score.name === name)
}

/** The score kind of that name; throws a Failure `unknown-score` naming the ones there are. */
export function parseScoreKind(name: string): ScoreKind {
  if (isScoreKind(name)) return name
  const known = scoreKinds.map((score) => score.name)
  throw new Failure('unknown-score', { score: name, known })
}

/**
 * One value of several in standard deviations, log(sum(exp(value))): nearly the largest where one stands out, and more
 * than that where several do.
 */
export function softMaximum(values: readonly number[]): number {
  const largest = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY)
  if (!Number.isFinite(largest)) return largest
  return largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0))
}

/** The score of the tile whose components begin at an index. */
export type ScoreOfTile = (components: Float32Array, at: number) => number

/**
 * How a score is computed, with the places of its components found once for many tiles.
 * @param names the components' names in their order
 * @throws Failure `component-missing`
 */
export function scoreOfTile(names: readonly string[], options: ScoreOptions): ScoreOfTile {
  const { kind, k, latent, expectedCriticValue, featureShare = paperFeatureShare } = options
  const place = (name: string): number => {
    const column = names.indexOf(name)
    if (column !== -1) return column
    throw new Failure('component-missing', { score: kind, component: name, components: names })
  }
  const one = (name: string): ScoreOfTile => {
    const a = place(name)
    return (components, at) => components[at + a]
  }
  const sum = (first: number, ofFirst: string, second: number, ofSecond: string): ScoreOfTile => {
    const [a, b] = [place(ofFirst), place(ofSecond)]
    return (components, at) => first * components[at + a] + second * components[at + b]
  }
  switch (kind) {
    case 'izif':
      return sum(1, 'residual', k, 'feature')
    case 'latent-feature':
      return sum(latent, 'latent', k, 'feature')
    case 'izi':
      return one('residual')
    case 'ziz':
      return one('latent')
    case 'discriminator': {
      const a = place('discriminator')
      return (components, at) => expectedCriticValue - components[at + a]
    }
    case 'peak':
    case 'whitened':
    case 'relative':
    case 'texture':
      return one(kind)
    case 'memory': {
      const [a, b] = memoryComponents.map(place)
      return (components, at) => Math.max(components[at + a], components[at + b])
    }
    case 'combined': {
      const parts = Object.entries(partsInUse(options.parts)).map(([name, usual]) => ({
        column: place(name),
        ...usual,
      }))
      return (components, at) =>
        softMaximum(parts.map(({ column, mean, deviation }) => (components[at + column] - mean) / deviation))
    }
    case 'ganomaly':
      return one('code')
    case 'anogan':
      return sum(1 - featureShare, 'absolute', featureShare, 'absolute-feature')
  }
}

/**
 * The score of each tile.
 * @param components row-major [tiles, names.length]
 * @param names the components' names in their order
 */
export function tileScores(
  components: Float32Array,
  names: readonly string[],
  options: ScoreOptions,
): Float64Array {
  const width = names.length
  const scores = new Float64Array(width > 0 ? components.length / width : 0)
  if (scores.length === 0) return scores
  const score = scoreOfTile(names, options)
  for (let tile = 0; tile < scores.length; tile++) scores[tile] = score(components, tile * width)
  return scores
}

/** Reduces tile scores to the image's one. */
export function reduceTiles(scores: Float64Array, reduction: Reduction): number {
  if (scores.length === 0) return Number.NaN
  if (reduction === 'max')
    return scores.reduce((largest, score) => Math.max(largest, score), Number.NEGATIVE_INFINITY)
  if (reduction === 'mean') return scores.reduce((sum, score) => sum + score, 0) / scores.length
  const count = Math.max(1, Math.round(scores.length * topShare))
  const top = Float64Array.from(scores)
    .sort()
    .subarray(scores.length - count)
  return top.reduce((sum, score) => sum + score, 0) / count
}

/** The score of an image from the components of its tiles. */
export function imageScore(
  components: Float32Array,
  names: readonly string[],
  options: ScoreOptions,
): number {
  return reduceTiles(tileScores(components, names, options), options.reduction)
}

/** Share of `sorted` (ascending) that lies below `value`, ties counted half, in percent. NaN when empty. */
export function percentileAmong(sorted: ArrayLike<number>, value: number): number {
  const firstNotBelow = lowerBound(sorted, (item) => item >= value)
  const firstAbove = lowerBound(sorted, (item) => item > value)
  return (100 * (firstNotBelow + firstAbove)) / (2 * sorted.length)
}

function lowerBound(sorted: ArrayLike<number>, reached: (item: number) => boolean): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    const item = sorted[middle]
    if (item !== undefined && reached(item)) high = middle
    else low = middle + 1
  }
  return low
}
