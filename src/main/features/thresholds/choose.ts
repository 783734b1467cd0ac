/**
 * Chooses the threshold for a target on a validation set, with an interval, and checks whether the set is large
 * enough.
 */

import { Failure } from '../../../shared/failure.ts'
import type { ThresholdNotice } from '../../../shared/threshold.ts'
import { bootstrap } from '../../metrics/bootstrap.ts'
import { normalQuantile } from '../../metrics/normal-distribution.ts'
import { quantile } from '../../metrics/quantile.ts'
import { quantileInterval } from '../../metrics/quantile-interval.ts'
import { wilson } from '../../metrics/wilson.ts'
import { createRandom } from '../../platform/random.ts'
import { resampledThreshold } from './resampled-threshold.ts'
import { needsDefects, type Target, thresholdChooser, thresholdOf } from './target.ts'

export interface Choice {
  threshold: number
  /** The 95 % interval; null where there is none, for instance when a share of all is asked for. */
  interval: { low: number; high: number } | null
}

/** Number of bootstrap draws for an interval. */
const replicates = 1000
/** With at least so many images, not every image is drawn individually: see `resampledThreshold`. */
const large = 4000

/** A fixed seed, so that the same images give the same interval. */
const seed = 1

/**
 * A threshold for a false-reject rate, a recall or a percentile is a quantile of one class, so its exact interval is
 * known. A bootstrap only approximates it: with 60 defects its 95 % interval contains the true value in 93 % of
 * cases. For the best F1 and the least cost, which depend on both classes, images of each class are resampled with a
 * seed, and the interval consists of quantiles of the draws.
 *
 * @throws Failure `no-defects`, `no-normals`
 */
export function chooseThreshold(
  scores: Float64Array,
  labels: Uint8Array,
  target: Target,
  random = createRandom(seed, 'threshold'),
): Choice {
  requireImages(labels, target)
  const threshold = thresholdOf(scores, labels, target)
  if (threshold === null) throw new RangeError('the images of a target were counted before')
  const asQuantile = quantileOf(target)
  if (asQuantile !== null) {
    const own = scores.filter((_, i) => labels[i] === (asQuantile.of === 'defects' ? 1 : 0)).sort()
    const { share } = asQuantile
    return {
      threshold,
      interval: share > 0 && share < 1 ? around(threshold, quantileInterval(own, share)) : null,
    }
  }
  if (target.kind !== 'percentile' && labels.length > large) {
    const draw = resampledThreshold(scores, labels, target, random)
    const drawn = Float64Array.from({ length: replicates }, draw).sort()
    return {
      threshold,
      interval: { low: quantile(drawn, 0.025) ?? threshold, high: quantile(drawn, 0.975) ?? threshold },
    }
  }
  const drawn = bootstrap({
    random,
    strata: labels,
    statistic: thresholdChooser(scores, labels, target),
    replicates,
    method: 'percentile',
  })
  return { threshold, interval: drawn && { low: drawn.low, high: drawn.high } }
}

/**
 * Extends the interval where necessary: a threshold halfway to the next score may lie beyond the last score, where
 * the interval ends.
 */
const around = (threshold: number, interval: Choice['interval']): Choice['interval'] =>
  interval && { low: Math.min(threshold, interval.low), high: Math.max(threshold, interval.high) }

/**
 * The class of which the target's threshold is a quantile, and at which share; null where the target depends on both
 * classes.
 */
function quantileOf(target: Target): { of: 'good' | 'defects'; share: number } | null {
  switch (target.kind) {
    case 'fpr':
      return { of: 'good', share: 1 - target.share }
    case 'recall':
      return { of: 'defects', share: 1 - target.share }
    case 'percentile':
      return { of: 'good', share: target.percentile / 100 }
    default:
      return null
  }
}

function requireImages(labels: Uint8Array, target: Target): void {
  const anomalous = labels.reduce((sum, label) => sum + label, 0)
  if (needsDefects(target) && anomalous === 0) {
    throw new Failure('no-defects')
  }
  if (target.kind !== 'recall' && anomalous === labels.length) {
    throw new Failure('no-normals')
  }
}

/** With fewer good parts or defects than this, any target is rough. */
const few = 30

/** The reasons why the validation set is too small for the target; empty where it is large enough. */
export function thresholdNotices(
  counts: { normal: number; anomalous: number; missing: number },
  target: Target,
): ThresholdNotice[] {
  const { normal, anomalous, missing } = counts
  const notices: ThresholdNotice[] = []
  const z2 = normalQuantile(0.975) ** 2
  if (target.kind === 'fpr') {
    // The least n with Wilson's upper end z^2 / (n + z^2) at none flagged within the share.
    const needed = target.share > 0 ? Math.ceil((z2 * (1 - target.share)) / target.share) : null
    const highest = wilson(0, normal)?.high ?? 1
    if (needed === null || normal < needed) {
      notices.push({
        code: 'too-few-normals',
        params: {
          ...(needed === null ? { case: 'never' } : { needed }),
          normal,
          asked: { share: target.share },
          highest: { share: highest },
        },
      })
    }
  }
  if (target.kind === 'recall') {
    const needed = target.share < 1 ? Math.ceil((z2 * target.share) / (1 - target.share)) : null
    const lowest = wilson(anomalous, anomalous)?.low ?? 0
    if (needed === null || anomalous < needed) {
      notices.push({
        code: 'too-few-defects',
        params: {
          ...(needed === null ? { case: 'never' } : { needed }),
          anomalous,
          asked: { share: target.share },
          lowest: { share: lowest },
        },
      })
    }
  }
  if (target.kind === 'percentile' && target.percentile < 100) {
    const share = target.percentile / 100
    const needed = Math.ceil((z2 * share) / (1 - share))
    if (normal < needed) {
      notices.push({
        code: 'percentile-rough',
        params: { normal, asked: target.percentile, needed },
      })
    }
  }
  if ((target.kind === 'f1' || target.kind === 'cost') && Math.min(normal, anomalous) < few) {
    notices.push({
      code: 'few-images',
      params: { normal, anomalous, needed: few },
    })
  }
  if (missing > 0) {
    notices.push({
      code: 'not-all-scored',
      params: { missing },
    })
  }
  return notices
}
