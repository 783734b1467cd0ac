/** Asks before the window closes while a job runs. */
import { useEventListener } from '@vueuse/core'
import { ElMessageBox } from 'element-plus'
import { useI18n } from 'vue-i18n'
import { useAppStore } from '../data/app.ts'
import { useJobsStore } from '../data/jobs.ts'

export function useClosing(): void {
  const { t } = useI18n()
  const app = useAppStore()
  const jobs = useJobsStore()
  let mayClose = false
  let isAsking = false

  function beforeUnload(event: BeforeUnloadEvent): void {
    if (mayClose || jobs.active.length === 0) return
    // A browser now asks in its own words; Electron only keeps the window open, so we ask.
    event.preventDefault()
    if (app.host === 'electron') void ask()
  }

  async function ask(): Promise<void> {
    if (isAsking) return
    isAsking = true
    const trains = jobs.active.some(({ kind }) => kind === 'train')
    try {
      await ElMessageBox.confirm(t(trains ? 'closing.training' : 'closing.job'), t('closing.title'), {
        confirmButtonText: t('closing.close'),
        cancelButtonText: t('closing.stay'),
      })
      mayClose = true
      window.close()
    } catch {
      // The person chose to keep the window open.
    } finally {
      isAsking = false
    }
  }

  useEventListener('beforeunload', beforeUnload)
}
