/** The inspection points of the station, read again whenever one changes or judges a part. */
import { useThrottleFn } from '@vueuse/core'
import { watch } from 'vue'
import type { InspectionPoint } from '../../shared/inspection-point.ts'
import { call } from '../bridge.ts'
import { useAnswer } from './answer.ts'
import { useAppStore } from './app.ts'
import { useEvent } from './use-event.ts'

/** Milliseconds between two looks, however fast parts come. */
const every = 500

export function useInspectionPoints() {
  const app = useAppStore()
  const { answer, failure, read } = useAnswer<InspectionPoint[]>(
    async () => (app.workspace === null ? null : call('inspection.list', {})),
    { keeps: true },
  )
  const readSometimes = useThrottleFn(() => void read(), every, true)
  useEvent('inspection.changed', () => void readSometimes())
  useEvent('live.judged', () => void readSometimes())
  useEvent('job.changed', ({ kind }) => {
    if (kind === 'live') void readSometimes()
  })
  watch(
    () => app.generation,
    () => void read(),
    { immediate: true },
  )
  return { answer, failure, read }
}
