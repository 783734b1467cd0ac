/** The figures of a comparison, the most important first. */
import { type Comparison, leastTypeParts, type PairedFigure } from '../../../shared/comparison.ts'

interface ComparisonRow {
  /** Part of a message key. */
  figure: 'imageAuroc' | 'recall' | 'falseRejects' | 'typeAuroc' | 'typeRecall'
  defectType: string | null
  n: number | null
  of: PairedFigure | null
  /** A higher figure is better. */
  up: boolean
  /** The parts that the figure is a share of; null where it is none. */
  whole: number | null
}

/** Whether the row is about so few parts that only what was counted is shown. */
export const isTooFew = ({ n }: ComparisonRow): boolean => n !== null && n < leastTypeParts

export function comparisonRows({ delta, perDefectType, validation }: Comparison): ComparisonRow[] {
  return [
    { figure: 'imageAuroc', defectType: null, n: null, of: delta.imageAuroc, up: true, whole: null },
    { figure: 'recall', defectType: null, n: null, of: delta.recall, up: true, whole: validation.anomalous },
    {
      figure: 'falseRejects',
      defectType: null,
      n: null,
      of: delta.falseRejectRate,
      up: false,
      whole: validation.normal,
    },
    ...Object.entries(perDefectType).flatMap(([defectType, { n, imageAuroc, recall }]): ComparisonRow[] => [
      { figure: 'typeAuroc', defectType, n, of: imageAuroc, up: true, whole: null },
      { figure: 'typeRecall', defectType, n, of: recall, up: true, whole: n },
    ]),
  ]
}

/** Whether the whole interval lies on one side of no difference. */
export function toneOf(row: ComparisonRow): 'better' | 'worse' | 'open' {
  const { of, up } = row
  if (of === null || isTooFew(row) || (of.low <= 0 && of.high >= 0)) return 'open'
  return of.value > 0 === up ? 'better' : 'worse'
}
