/** Scores the test images of a run. A notice says when that is done and leads to the review. */
import { useI18n } from 'vue-i18n'
import { useRouter } from 'vue-router'
import type { Run } from '../../shared/run.ts'
import { call } from '../bridge.ts'
import { useJobsStore } from '../data/jobs.ts'
import { useNoticesStore } from '../data/notices.ts'
import { titleOf } from '../data/runs.ts'

export function useScoreRun() {
  const { t } = useI18n()
  const router = useRouter()
  const jobs = useJobsStore()
  const notices = useNoticesStore()

  async function score(run: Run): Promise<void> {
    const { id } = run
    const started = await call('run.score', { run: id, split: 'test' })
    void jobs.end(started.job).then((ended) => {
      if (ended.failure !== null && ended.state !== 'cancelled') notices.fail(ended.failure)
      const { name, params } = router.currentRoute.value
      // No notice where the run's review queue is on screen: the new scores appear there.
      if (ended.state !== 'done' || (name === 'review' && params.run === id)) return
      notices.tell('good', t('runs.scored'), titleOf(run), {
        label: t('runs.review'),
        run: () => void router.push({ name: 'review', params: { run: id } }),
      })
    })
  }

  return { score }
}
