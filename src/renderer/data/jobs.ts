/** Jobs: what main works on, how far it is, and how it ended. */
import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'
import type { Job, JobProgress } from '../../shared/job.ts'
import type { Run } from '../../shared/run.ts'
import { countsSteps } from '../../shared/training.ts'
import { call, listen } from '../bridge.ts'
import { useAppStore } from './app.ts'

const isNumber = (value: unknown): value is number => typeof value === 'number'

/** What a job tells of its progress, or null where it has told nothing yet. */
export function progressOf(job: Job): JobProgress | null {
  const { progress } = job
  if (progress === null) return null
  const { phase, done, total, secondsLeft, paused } = progress
  if (!isNumber(done) || !isNumber(total)) return null
  return {
    phase: typeof phase === 'string' ? phase : job.kind,
    done,
    total,
    secondsLeft: isNumber(secondsLeft) ? secondsLeft : null,
    paused: paused === true,
  }
}

/** Share done, 0 to 1; null while it is not known. */
export function shareOf(job: Job): number | null {
  const progress = progressOf(job)
  if (progress === null || progress.total <= 0) return null
  return Math.min(1, progress.done / progress.total)
}

/** How many steps of a training are done, of how many: what its job says now, or what is stored of the run. */
export function stepsOf(run: Run, job: Job | null): { done: number; total: number } {
  const progress = job === null ? null : progressOf(job)
  return progress !== null && progress.total > 0 && job?.kind === 'train' && countsSteps(progress.phase)
    ? { done: progress.done, total: progress.total }
    : { done: run.stepsDone, total: run.stepsTotal }
}

export const isActive = (job: Job): boolean => job.state === 'queued' || job.state === 'running'

/** Kinds that are started again where they were started. */
const notRepeatable: readonly Job['kind'][] = ['live', 'backup', 'export', 'unknown']

/** Whether it stopped before its end and can be started again from the list of jobs. */
export const canRestart = (job: Job): boolean =>
  ['failed', 'cancelled', 'interrupted'].includes(job.state) && !notRepeatable.includes(job.kind)

export const useJobsStore = defineStore('jobs', () => {
  const app = useAppStore()
  const byId = ref(new Map<string, Job>())
  const ended = new Map<string, Set<(job: Job) => void>>()

  /** Newest first. */
  const all = computed(() =>
    [...byId.value.values()].sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1)),
  )
  const active = computed(() => all.value.filter(isActive).reverse())
  /** The one that the status bar shows. */
  const current = computed(
    () => active.value.find((job) => job.state === 'running') ?? active.value[0] ?? null,
  )

  function put(job: Job): void {
    byId.value.set(job.id, job)
    if (isActive(job)) return
    for (const resolve of ended.get(job.id) ?? []) resolve(job)
    ended.delete(job.id)
  }

  async function refresh(): Promise<void> {
    if (app.workspace === null) {
      byId.value = new Map()
      return
    }
    const jobs = await call('job.list', {})
    byId.value = new Map()
    for (const job of jobs) put(job)
  }

  listen('job.changed', put)
  watch(
    () => app.generation,
    () => void refresh(),
    { immediate: true },
  )

  /** Resolves when the job is done, failed, cancelled or interrupted. */
  async function end(id: string): Promise<Job> {
    const known = byId.value.get(id)
    if (known !== undefined && !isActive(known)) return known
    return new Promise((resolve) => {
      const waiting = ended.get(id) ?? new Set()
      waiting.add(resolve)
      ended.set(id, waiting)
      // The job may have ended before this began to listen.
      if (known === undefined) void refresh()
    })
  }

  function ofRun(run: string): Job | null {
    return active.value.find((job) => job.runId === run) ?? null
  }

  const cancel = (id: string) => call('job.cancel', { job: id })
  const pause = (id: string) => call('job.pause', { job: id })
  const again = (id: string) => call('job.again', { job: id })
  const resume = (id: string) => call('job.continue', { job: id })

  return { byId, all, active, current, refresh, end, ofRun, cancel, pause, resume, again }
})
