/** The sample line is made without a dialog. When it is ready, a notice says so and leads to the next step. */
import { watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRouter } from 'vue-router'
import type { Job } from '../../../shared/job.ts'
import { useDatasetsStore } from '../../data/datasets.ts'
import { useJobsStore } from '../../data/jobs.ts'
import { useNoticesStore } from '../../data/notices.ts'
import { useTourStore } from '../../data/tour.ts'

export function useSampleReady(): void {
  const { t } = useI18n()
  const router = useRouter()
  const datasets = useDatasetsStore()
  const jobs = useJobsStore()
  const notices = useNoticesStore()
  const tour = useTourStore()
  const awaited = new Set<string>()

  function tell(job: Job): void {
    if (job.state === 'failed' && job.failure !== null) notices.fail(job.failure)
    if (job.state !== 'done') return
    void datasets.refresh()
    tour.offer()
    notices.tell('good', t('datasets.sampleReady'), t('datasets.sampleReadyText'), {
      label: t('datasets.trainOnIt'),
      run: () => void router.push({ name: 'train', query: { dataset: 'sample' } }),
    })
  }

  watch(
    () => jobs.active.filter((job) => job.kind === 'sample').map((job) => job.id),
    (ids) => {
      for (const id of ids) {
        if (awaited.has(id)) continue
        awaited.add(id)
        void jobs.end(id).then(tell)
      }
    },
    { immediate: true },
  )
}
