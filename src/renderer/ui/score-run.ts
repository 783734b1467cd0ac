/** Scores the images of a run, and leads to the review. */
import { useI18n } from 'vue-i18n'
import { useRouter } from 'vue-router'
import type { Run } from '../../shared/run.ts'
import { call } from '../bridge.ts'
import { useDatasetsStore } from '../data/datasets.ts'
import { useJobsStore } from '../data/jobs.ts'
import { useNoticesStore } from '../data/notices.ts'
import { titleOf } from '../data/runs.ts'

export function useScoreRun() {
  const { t } = useI18n()
  const router = useRouter()
  const datasets = useDatasetsStore()
  const jobs = useJobsStore()
  const notices = useNoticesStore()

  /** Scores what is reviewed and what a threshold is found with, and goes to the review, where it shows how far that is. */
  async function scoreToReview(run: Run): Promise<void> {
    const splits = datasets.datasets.find(({ id }) => id === run.datasetId)?.splits
    const measured = (['test', 'validation'] as const).filter((split) => (splits?.[split] ?? 0) > 0)
    for (const split of measured) await call('run.score', { run: run.id, split })
    await router.push({ name: 'review', params: { run: run.id } })
  }

  /** Scores the test images. A notice says when that is done. */
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

  return { score, scoreToReview }
}
