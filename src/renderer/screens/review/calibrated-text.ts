import { type ComputedRef, computed } from 'vue'
import { calibratedRank } from '../../../shared/calibrated-rank.ts'
import { useReviewStore } from '../../data/review.ts'
import { useRunsStore } from '../../data/runs.ts'
import { useFormats } from '../../i18n/format.ts'

/** Says a calibrated score: "35 of 36" of few good parts, in percent of many. */
export function useCalibratedText(): ComputedRef<(calibrated: number) => string> {
  const formats = useFormats()
  const review = useReviewStore()
  const runs = useRunsStore()
  return computed(() => {
    const run = review.query === null ? null : runs.find(review.query.run)
    return (calibrated) => {
      const rank = run === null ? { part: 0, whole: 0 } : calibratedRank(run, calibrated)
      return rank.whole === 0
        ? formats.value.percent(calibrated / 100, 1)
        : formats.value.shareParts(rank).main
    }
  })
}
