/**
 * Finds the run and the way of scoring that best separate photographs with synthetic defects from the same
 * photographs without. A pure function of scores, which `choose-job.ts` collects; no test image is among them.
 */
import { z } from 'zod'
import type { ChoiceContribution, ChoiceOption, ChoiceReport } from '../../../shared/choice.ts'
import { scorePartsSchema } from '../../../shared/run.ts'
import { scoreSettingsSchema } from '../../../shared/threshold.ts'
import { resampledAuroc } from '../../metrics/auroc.ts'
import { bootstrap } from '../../metrics/bootstrap.ts'
import { imageScore, parseScoreKind, partsInUse, reductions, scoresFrom } from '../../model/scores.ts'
import { requireLength } from '../../platform/array-bounds.ts'
import { createRandom } from '../../platform/random.ts'

/** A picture that was scored: a validation photograph as it is, with a made defect, or with a real one. */
export const choiceItemSchema = z.object({
  kind: z.enum(['normal', 'made', 'real']),
  /** Number of the photograph. Pictures made from one photograph are not independent evidence. */
  photograph: z.int().nonnegative(),
  type: z.string().nullable(),
})
export type ChoiceItem = z.infer<typeof choiceItemSchema>

export const scoredRunSchema = z.object({
  run: z.string(),
  names: z.array(z.string()),
  /** The score options that the settings below do not contain. */
  own: z.object({
    latent: z.number(),
    expectedCriticValue: z.number(),
    featureShare: z.number(),
    parts: scorePartsSchema.optional(),
  }),
  /** The settings to compare; the one in use is the first. */
  settings: z.array(scoreSettingsSchema.extend({ reduction: z.enum(reductions) })),
  /** [tiles, names] of each item. */
  components: z.array(z.custom<Float32Array>((value) => value instanceof Float32Array)),
})
export type ScoredRun = z.infer<typeof scoredRunSchema>

export type ComparedOptions = Pick<ChoiceReport, 'options' | 'gain' | 'contributions'> & { weight: number }

/** With so many real defects, they weigh as much as all synthetic ones together. */
const equalWeight = 20

/** Scores that differ by less than this share of their size count as equal; the difference is rounding. */
const rounding = 1e-9

/** Number of bootstrap draws for an interval. */
const replicates = 2000

interface Candidate {
  run: string
  settings: z.infer<typeof scoreSettingsSchema>
  inUse: boolean
  scores: Float64Array
}

/** @throws Failure `score-not-a-number` */
export function compareOptions(
  items: readonly ChoiceItem[],
  runs: readonly ScoredRun[],
  seed: number,
): ComparedOptions {
  const types = [
    ...new Set(items.flatMap(({ kind, type }) => (kind === 'made' && type !== null ? [type] : []))),
  ]
  const realImages = items.filter(({ kind }) => kind === 'real').length
  const weight = realImages / (realImages + equalWeight)
  const { strata, ofUnit } = unitsOf(items)
  const ones = new Uint32Array(strata.length).fill(1)

  const judged = runs
    .flatMap((run) => candidatesOf(run, items.length))
    .map((candidate) => {
      const areas = areasOf(items, candidate.scores, types)
      const made = (counts: Uint32Array): number | null => meanOf(areas.types.map((area) => area(counts)))
      const figure = (units: Uint32Array): number | null => {
        const counts = spread(units, ofUnit)
        const ofMade = made(counts)
        const ofReal = areas.real === null ? null : areas.real(counts)
        if (ofMade === null || (areas.real !== null && ofReal === null)) return null
        return ofReal === null ? ofMade : (1 - weight) * ofMade + weight * ofReal
      }
      const counts = spread(ones, ofUnit)
      return {
        ...candidate,
        figure,
        made: made(counts) ?? 0.5,
        perType: Object.fromEntries(types.map((type, i) => [type, areas.types[i](counts) ?? 0.5])),
        real: areas.real === null ? null : areas.real(counts),
        value: figure(ones) ?? 0.5,
      }
    })
  // The sort is stable, so among equal options the one in use stays first, as it was first before.
  const ranked = [...judged].sort((a, b) => b.value - a.value)
  const [best] = ranked
  if (!best) throw new RangeError('no option was given to choose from')

  const behindBest = (other: (typeof ranked)[number]): ChoiceOption['behind'] => {
    const drawn = bootstrap({
      // The same draws for each option, so that only the options differ.
      random: createRandom(seed, 'choice interval'),
      strata,
      statistic(units) {
        const [a, b] = [best.figure(units), other.figure(units)]
        return a === null || b === null ? null : a - b
      },
      replicates,
      method: 'percentile',
    })
    return drawn && { value: drawn.value, low: drawn.low, high: drawn.high }
  }
  const options = ranked.map((option): ChoiceOption => {
    const { run, settings, inUse, made, perType, real, value } = option
    return {
      run,
      ...settings,
      inUse,
      made,
      perType,
      real,
      value,
      behind: option === best ? null : behindBest(option),
    }
  })
  const reference = options.find(({ run, inUse }) => inUse && run === runs[0]?.run)
  const contributions = runs.flatMap((run) => contributionOf(items, run, types) ?? [])
  return { options, gain: reference?.behind ?? null, weight, contributions }
}

/** What the parts of `combined` find of the drawn defects, alone and together; null where the run has no such score. */
function contributionOf(
  items: readonly ChoiceItem[],
  { run, names, own, components }: ScoredRun,
  types: readonly string[],
): ChoiceContribution | null {
  if (!scoresFrom(names).includes('combined')) return null
  const usual = partsInUse(own.parts)
  const parts = Object.keys(usual)
  const ones = new Uint32Array(items.length).fill(1)
  const foundBy = (some: readonly string[]): number => {
    const chosen = Object.fromEntries(Object.entries(usual).filter(([part]) => some.includes(part)))
    const options = { ...own, kind: 'combined', k: 1, reduction: 'max', parts: chosen } as const
    const scores = Float64Array.from(components, (tiles) => imageScore(tiles, names, options))
    return meanOf(areasOf(items, scores, types).types.map((area) => area(ones))) ?? 0.5
  }
  return {
    run,
    all: foundBy(parts),
    parts: parts.map((part) => ({
      part,
      alone: foundBy([part]),
      without: foundBy(parts.filter((other) => other !== part)),
    })),
  }
}

/** The ways of scoring of one run, without those that give the same scores as an earlier one. */
function candidatesOf({ run, names, own, settings, components }: ScoredRun, items: number): Candidate[] {
  requireLength(components, items, `Scored pictures of run ${run}`)
  const kept: Candidate[] = []
  for (const [i, setting] of settings.entries()) {
    const { score, k, reduction } = setting
    const options = { ...own, kind: parseScoreKind(score), k, reduction }
    const scores = Float64Array.from(components, (tiles) => imageScore(tiles, names, options))
    if (kept.some((other) => alike(other.scores, scores))) continue
    kept.push({ run, settings: setting, inUse: i === 0, scores })
  }
  return kept
}

const alike = (a: Float64Array, b: Float64Array): boolean =>
  a.every((value, i) => Math.abs(value - b[i]) <= rounding * Math.abs(value))

/**
 * The units of the bootstrap: each photograph with everything that was made of it, and each real defect. Photographs
 * are one stratum and real defects another.
 */
function unitsOf(items: readonly ChoiceItem[]): { strata: Uint8Array; ofUnit: Int32Array } {
  const units = new Map<string, number>()
  const strata: number[] = []
  const ofUnit = Int32Array.from(items, ({ kind, photograph }) => {
    const key = `${kind === 'real' ? 'real' : 'photograph'} ${photograph}`
    const known = units.get(key)
    if (known !== undefined) return known
    units.set(key, strata.length)
    strata.push(kind === 'real' ? 1 : 0)
    return strata.length - 1
  })
  return { strata: Uint8Array.from(strata), ofUnit }
}

const spread = (units: Uint32Array, ofUnit: Int32Array): Uint32Array =>
  Uint32Array.from(ofUnit, (unit) => units[unit])

type Area = (counts: Uint32Array) => number | null

/** AUROC of each type of synthetic defects, and of the real defects, against the unchanged photographs. */
function areasOf(
  items: readonly ChoiceItem[],
  scores: Float64Array,
  types: readonly string[],
): { types: Area[]; real: Area | null } {
  const against = (isDefect: (item: ChoiceItem) => boolean): Area => {
    const taken = [...items.keys()].filter((i) => items[i].kind === 'normal' || isDefect(items[i]))
    const area = resampledAuroc(
      Float64Array.from(taken, (i) => scores[i]),
      Uint8Array.from(taken, (i) => (items[i].kind === 'normal' ? 0 : 1)),
    )
    return (counts) => area(Uint32Array.from(taken, (i) => counts[i]))
  }
  return {
    types: types.map((type) => against((item) => item.kind === 'made' && item.type === type)),
    real: items.some(({ kind }) => kind === 'real') ? against(({ kind }) => kind === 'real') : null,
  }
}

/** The mean; null where one of the values is null. */
function meanOf(values: readonly (number | null)[]): number | null {
  let sum = 0
  for (const value of values) {
    if (value === null) return null
    sum += value
  }
  return values.length > 0 ? sum / values.length : null
}
