/** The outputs of the line, read again whenever one changes. */
import { useThrottleFn } from '@vueuse/core'
import { watch } from 'vue'
import type { CallOutput } from '../../shared/contract.ts'
import { call } from '../bridge.ts'
import { useAnswer } from './answer.ts'
import { useAppStore } from './app.ts'
import { useEvent } from './use-event.ts'

/** Milliseconds between two looks, however often outputs change. */
const every = 500

export function useOutputs() {
  const app = useAppStore()
  const { answer, failure, read } = useAnswer<CallOutput<'output.list'>>(
    async () => (app.workspace === null ? null : call('output.list', {})),
    { keeps: true },
  )
  const readSometimes = useThrottleFn(() => void read(), every, true)
  useEvent('output.changed', () => void readSometimes())
  watch(
    () => app.generation,
    () => void read(),
    { immediate: true },
  )
  return { answer, failure, read }
}
