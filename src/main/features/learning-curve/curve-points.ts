/** From the scores of a learning curve to its points, and what they say. Pure functions. */
import { elementAt } from '../../../shared/element-at.ts'
import type { CurvePoint, CurveVerdict } from '../../../shared/learning-curve.ts'
import { auroc } from '../../metrics/auroc.ts'

/** What an image is that judges: good, or with a defect of some type. */
export interface Judge {
  defect: string | null
}

/** A gain in image AUROC below this decides nothing, however small the spread is. */
const leastGain = 0.002

/**
 * Image AUROC; of several types of defects their mean, so that none counts more because it has more images. Null
 * where good ones or defects are missing.
 */
function separation(scores: readonly number[], judges: readonly Judge[], byType: boolean): number | null {
  const types = new Set(judges.flatMap(({ defect }) => (defect === null ? [] : [byType ? defect : ''])))
  const areas = [...types].map((type) => {
    const taken = judges.flatMap(({ defect }, i) =>
      defect === null || !byType || defect === type
        ? [{ score: elementAt(scores, i, 'Scores of judges'), label: Number(defect !== null) }]
        : [],
    )
    return auroc(
      taken.map(({ score }) => score),
      taken.map(({ label }) => label),
    )
  })
  const known = areas.flatMap((area) => area ?? [])
  return known.length === 0 ? null : known.reduce((sum, area) => sum + area, 0) / known.length
}

/**
 * @param draws scores of the judges by memories of so many photographs
 * @param byType whether each type of defects counts the same
 */
export function curvePoints(
  draws: readonly { count: number; scores: readonly number[] }[],
  judges: readonly Judge[],
  byType: boolean,
): CurvePoint[] {
  const found = new Map<number, number[]>()
  for (const { count, scores } of draws) {
    const area = separation(scores, judges, byType)
    if (area !== null) found.set(count, [...(found.get(count) ?? []), area])
  }
  return [...found]
    .sort(([a], [b]) => a - b)
    .map(([count, areas]) => {
      const mean = areas.reduce((sum, area) => sum + area, 0) / areas.length
      const squares = areas.reduce((sum, area) => sum + (area - mean) ** 2, 0)
      const spread = areas.length > 1 ? Math.sqrt(squares / (areas.length - 1)) : null
      return { count, draws: areas.length, mean, spread }
    })
}

/**
 * The smallest count from which on no larger one gains more than the spread. That is the spread at this count or the
 * typical one from here on, whichever is larger, since that of a few draws may be small by chance.
 */
export function curveVerdict(points: readonly CurvePoint[]): CurveVerdict {
  for (const [i, { count, mean, spread }] of points.entries()) {
    const later = points.slice(i + 1)
    if (later.length === 0) break
    const variances = points.slice(i).flatMap((point) => (point.spread === null ? [] : [point.spread ** 2]))
    const typical = Math.sqrt(
      variances.reduce((sum, value) => sum + value, 0) / Math.max(1, variances.length),
    )
    const gain = Math.max(...later.map((point) => point.mean)) - mean
    if (gain <= Math.max(leastGain, spread ?? 0, typical)) return { kind: 'enough', count }
  }
  return { kind: 'rising', count: points.at(-1)?.count ?? 1 }
}

/** Steps of 1, 2 and 5 below the number of photographs; more than half of it is too near to all of them. */
export function usualCounts(photographs: number): number[] {
  const counts: number[] = []
  for (let power = 1; power < photographs; power *= 10) {
    for (const digit of [1, 2, 5]) counts.push(digit * power)
  }
  return counts.filter(
    (count) => count >= Math.min(10, photographs / 8) && count >= 2 && count <= 0.6 * photographs,
  )
}
