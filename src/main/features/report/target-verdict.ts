/** Whether measured parts show that the target is kept for which a threshold was chosen. */
import { parseTarget, type Target } from '../thresholds/target.ts'
import type { ReportShare } from './content.ts'

export interface Rates {
  recall: ReportShare
  falseRejectRate: ReportShare
}

export interface TargetVerdict {
  target: Target
  /**
   * `kept` and `missed` only where the whole interval lies on that side; `open` where the parts are too few to tell;
   * `none` where the target is not a limit.
   */
  verdict: 'kept' | 'missed' | 'open' | 'none'
  /** The share that the limit is for; null where the target is not a limit. */
  measured: ReportShare | null
}

/** @param text the target as it was stored with the operating point, such as `fpr=0.01` */
export function targetVerdict(text: string, { recall, falseRejectRate }: Rates): TargetVerdict {
  const target = parseTarget(text)
  switch (target.kind) {
    case 'fpr':
      return { target, ...most(falseRejectRate, target.share) }
    case 'percentile':
      return { target, ...most(falseRejectRate, 1 - target.percentile / 100) }
    case 'recall':
      return { target, ...least(recall, target.share) }
    default:
      return { target, verdict: 'none', measured: null }
  }
}

/** Shares that are equal but for the last digits of floating point. */
const near = 1e-9

function most(measured: ReportShare, limit: number): Omit<TargetVerdict, 'target'> {
  const { low, high } = measured
  if (low === null || high === null) return { verdict: 'open', measured }
  return { verdict: high <= limit + near ? 'kept' : low > limit + near ? 'missed' : 'open', measured }
}

function least(measured: ReportShare, limit: number): Omit<TargetVerdict, 'target'> {
  const { low, high } = measured
  if (low === null || high === null) return { verdict: 'open', measured }
  return { verdict: low >= limit - near ? 'kept' : high < limit - near ? 'missed' : 'open', measured }
}
