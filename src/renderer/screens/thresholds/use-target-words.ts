/** A stored target of a threshold, such as `fpr=0.01`, in words. */
import { useI18n } from 'vue-i18n'
import { useFormats } from '../../i18n/format.ts'
import { targetIs } from './targets.ts'

export function useTargetWords(): (target: string) => string {
  const { t } = useI18n()
  const formats = useFormats()
  return (target) => {
    const found = targetIs(target)
    if (found === null) return target
    const { kind, share, ...costs } = found
    const value = share === undefined ? '' : formats.value.limit(share)
    return t(`thresholds.points.targetIs.${kind}`, { value, ...costs })
  }
}
