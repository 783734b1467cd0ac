/** What a job is called on screen and what it is doing, in the user's language. */

import { useI18n } from 'vue-i18n'
import type { Job } from '../../shared/job.ts'
import { useFormats } from '../i18n/format.ts'
import { useDatasetsStore } from './datasets.ts'
import { progressOf, useJobsStore } from './jobs.ts'
import { titleOf, useRunsStore } from './runs.ts'

const phases = [
  'sample',
  'import',
  'load',
  'scale',
  'gan',
  'encoder',
  'residual',
  'texture',
  'memory',
  'features',
  'autoencoder',
  'calibrate',
  'score',
  'verify',
  'duplicates',
  'choose',
  'see',
  'curve',
  'live',
  'export',
]

/** Kinds of jobs that the engine works on, one at a time. */
const byEngine: readonly Job['kind'][] = ['train', 'score', 'choose', 'curve']

export function useJobText() {
  const { t } = useI18n()
  const formats = useFormats()
  const datasets = useDatasetsStore()
  const runs = useRunsStore()
  const jobs = useJobsStore()

  function phaseName(phase: string): string {
    return phases.includes(phase) ? t(`phase.${phase}`) : phase
  }

  function subject(job: Job): string {
    if (job.runId !== null) {
      const run = runs.find(job.runId)
      return run === null ? job.runId : titleOf(run)
    }
    if (job.datasetId !== null) return datasets.nameOf(job.datasetId)
    const { dataset } = job.payload
    return typeof dataset === 'string' ? dataset : ''
  }

  function title(job: Job): string {
    const name = subject(job)
    return name === ''
      ? t(`jobs.kind.${job.kind}`)
      : t('jobs.title', { kind: t(`jobs.kind.${job.kind}`), name })
  }

  /** A watched folder keeps the engine until somebody stops it, so whoever waits for the engine should know. */
  const waitsForLive = (job: Job): boolean =>
    byEngine.includes(job.kind) &&
    jobs.active.some(({ kind, state }) => kind === 'live' && state === 'running')

  function phase(job: Job): string {
    if (job.state === 'queued') return t(waitsForLive(job) ? 'jobs.waitsForLive' : 'jobs.state.queued')
    const progress = progressOf(job)
    if (progress === null) return t('jobs.starting')
    const counts =
      progress.total > 0
        ? ` ${formats.value.count(progress.done)} / ${formats.value.count(progress.total)}`
        : ''
    const name = progress.paused ? t('jobs.paused') : phaseName(progress.phase)
    return name + counts
  }

  return { title, phase, phaseName }
}
