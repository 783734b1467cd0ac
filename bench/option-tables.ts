/** What `bench/options.ts` measured, as figures and as Markdown. */

import { auroc } from '../src/main/metrics/auroc.ts'
import { type MadeDefectType, madeDefectTypes } from '../src/main/model/made-defect-types.ts'
import { imageScore, type ScoreKind, type ScoreOptions } from '../src/main/model/scores.ts'

/** What one pass says of a picture. */
export interface ScoredItem {
  /** The made defect on it, or whether a real photograph is good. */
  kind: 'normal' | 'anomalous' | MadeDefectType
  components: Float32Array
}

export interface ScoredSet {
  names: readonly string[]
  options: Omit<ScoreOptions, 'kind' | 'reduction'>
  made: readonly ScoredItem[]
  test: readonly ScoredItem[]
}

/** A score of one set, or several added up. */
export interface OptionRow {
  title: string
  /** Each by the set that stores it. */
  parts: readonly { set: ScoredSet; kind: ScoreKind }[]
  reduction: ScoreOptions['reduction']
}

interface OptionFigures {
  title: string
  made: number | null
  types: Record<string, number | null>
  test: number | null
}

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.floor(share * (sorted.length - 1))] ?? 0

/** Scores of the made and of the test pictures; added up in units of the spread of good ones where there are several. */
function scoresOf({ parts, reduction }: OptionRow): { made: number[]; test: number[] } {
  const sums = { made: [] as number[], test: [] as number[] }
  for (const { set, kind } of parts) {
    const score = ({ components }: ScoredItem): number =>
      imageScore(components, set.names, { ...set.options, kind, reduction })
    const made = set.made.map(score)
    const normal = made.filter((_, i) => set.made[i]?.kind === 'normal').sort((a, b) => a - b)
    const [middle, spread] = [quantile(normal, 0.5), quantile(normal, 0.9) - quantile(normal, 0.1) || 1]
    const add = (to: number[], values: readonly number[]): void => {
      for (const [i, value] of values.entries()) to[i] = (to[i] ?? 0) + (value - middle) / spread
    }
    add(sums.made, made)
    add(sums.test, set.test.map(score))
  }
  return sums
}

export function figuresOf(row: OptionRow): OptionFigures {
  const [first] = row.parts
  if (!first) throw new RangeError('an option without a score')
  const { made, test } = scoresOf(row)
  const against = (
    wanted: (kind: ScoredItem['kind']) => boolean,
    items: readonly ScoredItem[],
    of: number[],
  ) => {
    const at = items.flatMap(({ kind }, i) => (kind === 'normal' || wanted(kind) ? [i] : []))
    return auroc(
      at.map((i) => of[i] ?? Number.NaN),
      at.map((i) => Number(items[i]?.kind !== 'normal')),
    )
  }
  return {
    title: row.title,
    made: against(() => true, first.set.made, made),
    types: Object.fromEntries(
      madeDefectTypes.map((type) => [type, against((kind) => kind === type, first.set.made, made)]),
    ),
    test: against(() => true, first.set.test, test),
  }
}

const text = (value: number | null | undefined): string =>
  value === null || value === undefined ? '–' : value.toFixed(3)
const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** Image AUROC by option. */
export const optionTable = (rows: readonly OptionFigures[]): string =>
  table(
    ['image AUROC', 'made', ...madeDefectTypes, 'test'],
    rows.map(({ title, made, types, test }) => [
      title,
      text(made),
      ...madeDefectTypes.map((type) => text(types[type])),
      text(test),
    ]),
  )

/** Pixel AUROC of maps on made defects, by type. */
export const mapTable = (rows: readonly { title: string; types: Record<string, number | null> }[]): string =>
  table(
    ['pixel AUROC of the map', ...madeDefectTypes],
    rows.map(({ title, types }) => [title, ...madeDefectTypes.map((type) => text(types[type]))]),
  )
