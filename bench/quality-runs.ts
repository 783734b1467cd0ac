/** Runs of the benchmarks of quality: found again in their workspace, gone on with, or trained. */

import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { sessionHooks } from '../src/main/app/session-hooks.ts'
import { launchStandardEngine } from '../src/main/engine-host/standard-engine.ts'
import { importFolder } from '../src/main/features/import/import-folder.ts'
import { resumeTraining, startTraining } from '../src/main/features/training/training.ts'
import { createEventHub } from '../src/main/platform/events.ts'
import { openSession, type Session } from '../src/main/session/session.ts'
import { datasetByName } from '../src/main/store/datasets.ts'
import { findRun, listRuns, renameRun } from '../src/main/store/runs.ts'
import { Failure, failureOf } from '../src/shared/failure.ts'
import { jobProgressSchema } from '../src/shared/job.ts'
import type { Run } from '../src/shared/run.ts'

export const say = (text: string): void => void process.stderr.write(`${text}\n`)

/** Where runs are kept that several benchmarks of quality find again. */
export const standardWorkspace = join(tmpdir(), 'fanoscope-quality')

/** Options of every benchmark of quality, for `parseArgs`. */
export const commonOptions = {
  help: { type: 'boolean', default: false },
  dataset: { type: 'string', multiple: true, default: [] as string[] },
  preset: { type: 'string', default: 'quick' },
  workspace: { type: 'string', default: standardWorkspace },
  out: { type: 'string' },
} as const

/** Options of those that train over several seeds. */
export const planOptions = {
  seeds: { type: 'string', default: '1,2,3' },
  set: { type: 'string', multiple: true, default: [] as string[] },
} as const

/** The workspace in which a benchmark keeps its runs, made where it is not there. */
export const benchSession = (folder: string): Session =>
  openSession({
    dir: resolve(folder),
    create: true,
    hooks: sessionHooks,
    launchEngine: launchStandardEngine,
    events: createEventHub(),
  })

/** Imports a folder where its dataset is not there yet; the dataset's name. */
export async function importedOnce({ workspace }: Session, folder: string): Promise<string> {
  const dataset = basename(resolve(folder))
  if (datasetByName(workspace.db, dataset)) return dataset
  say(`${dataset}: importing`)
  await importFolder(workspace, { folder: resolve(folder), dataset })
  return dataset
}

export interface Plan {
  dataset: string
  model: string
  preset: string
  seed: number
  set: Record<string, string | number | boolean>
}

/** The parts of an option that is a list. */
export const list = (text: string): string[] => text.split(',').map((part) => part.trim())

/** Parameters as they were typed, `key=value` each. */
export function parsedSet(texts: readonly string[]): Plan['set'] {
  return Object.fromEntries(
    texts.map((text) => {
      const [, key = '', value = ''] = /^([^=]+)=(.*)$/.exec(text) ?? []
      if (value === 'true' || value === 'false') return [key, value === 'true']
      return [key, value !== '' && Number.isFinite(Number(value)) ? Number(value) : value]
    }),
  )
}

/** The name that a run of the benchmark is found again by. */
export const nameOf = ({ dataset, model, preset, seed, set }: Plan): string =>
  ['quality', dataset, model, preset, seed, ...Object.entries(set).map((entry) => entry.join('='))].join(' ')

/** Waits for a job and shows now and then how far it is. @throws Failure what it failed with */
export async function finished(session: Session, id: string, what: string): Promise<unknown> {
  let shown = performance.now()
  const stop = session.events.on('job.changed', (job) => {
    const progress = jobProgressSchema.safeParse(job.progress)
    if (job.id !== id || !progress.success || performance.now() - shown < 30_000) return
    shown = performance.now()
    const { phase, done, total } = progress.data
    say(`  ${what}: ${phase} ${done} of ${total}`)
  })
  try {
    const job = await session.jobs.ended(id)
    if (job.state === 'done') return job.result
    throw job.failure === null
      ? new Failure('job-failed', { job: id, state: job.state })
      : failureOf(job.failure)
  } finally {
    stop()
  }
}

/** The run of a plan, trained: from before, gone on with, or new. */
export async function trained(session: Session, plan: Plan): Promise<Run> {
  const { db } = session.workspace
  const name = nameOf(plan)
  const before = listRuns(db).find((run) => run.name === name)
  if (before?.state === 'trained') return before
  say(`${name}: training`)
  const started = before ? resumeTraining(session, before.id) : await startTraining(session, plan)
  renameRun(db, started.run, name)
  await finished(session, started.job, 'training')
  return findRun(db, started.run)
}
