/** The figures of a comparison, the most important first. */
import type { Comparison, PairedFigure } from '../../../shared/comparison.ts'

interface ComparisonRow {
  /** Part of a message key. */
  figure: 'imageAuroc' | 'recall' | 'falseRejects' | 'typeAuroc' | 'typeRecall'
  defectType: string | null
  n: number | null
  of: PairedFigure | null
  /** A higher figure is better. */
  up: boolean
}

export function comparisonRows({ delta, perDefectType }: Comparison): ComparisonRow[] {
  return [
    { figure: 'imageAuroc', defectType: null, n: null, of: delta.imageAuroc, up: true },
    { figure: 'recall', defectType: null, n: null, of: delta.recall, up: true },
    { figure: 'falseRejects', defectType: null, n: null, of: delta.falseRejectRate, up: false },
    ...Object.entries(perDefectType).flatMap(([defectType, { n, imageAuroc, recall }]): ComparisonRow[] => [
      { figure: 'typeAuroc', defectType, n, of: imageAuroc, up: true },
      { figure: 'typeRecall', defectType, n, of: recall, up: true },
    ]),
  ]
}

/** Whether the whole interval lies on one side of no difference. */
export function toneOf({ of, up }: ComparisonRow): 'better' | 'worse' | 'open' {
  if (of === null || (of.low <= 0 && of.high >= 0)) return 'open'
  return of.value > 0 === up ? 'better' : 'worse'
}
