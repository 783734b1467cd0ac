/** Exports as a job: models by the engine, which compiles the graph, everything else in a thread. */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Id, JsonObject, Split } from '../../shared/domain.ts'
import { Failure, type FailureData } from '../../shared/failure.ts'
import { message } from '../../shared/messages/message.ts'
import type { ExportTask } from '../engine/protocol.ts'
import { type Manifest, manifestOf } from '../export/manifest.ts'
import { writeInThread } from '../export/write-in-thread.ts'
import {
  type ModelFormat,
  modelFormats,
  placeModel,
  readDescription,
  removeMade,
} from '../export/write-model.ts'
import type { ExportSummary, TableFormat } from '../export/write-tables.ts'
import type { ReportLanguage } from '../report/words.ts'
import { applicationVersion } from '../services/application-version.ts'
import { exportModel as exportSafetensors } from '../services/export-model.ts'
import type { Session } from '../services/session.ts'
import { readTrainingList } from '../services/training-images.ts'
import { recordAudit } from '../store/audit.ts'
import { findDataset } from '../store/datasets.ts'
import { findRun, runFolder } from '../store/runs.ts'
import type { JobContext, JobEnd, JobPlan } from './jobs.ts'

export type ExportFormat = ModelFormat | TableFormat | 'safetensors'

export interface ExportRequest {
  run: Id
  format: ExportFormat
  /** Absolute. */
  to: string
  /** Tiles in one call of an exported model. */
  batch: number
  /** Of a report. */
  language: ReportLanguage
  split: Split
  /** Who asked for it; null where nobody signed in. */
  operator: string | null
}

const closed: FailureData = message('interrupted', { case: 'export' })

const isModelFormat = (format: ExportFormat): format is ModelFormat =>
  modelFormats.some((known) => known === format)

export function exportPlan(session: Session, request: ExportRequest): JobPlan {
  const { format } = request
  return {
    kind: 'export',
    payload: { ...request },
    runId: request.run,
    datasetId: findRun(session.workspace.db, request.run).datasetId,
    lane: isModelFormat(format) ? 'engine' : 'disk',
    async work(context) {
      if (isModelFormat(format)) return exportModel(session, { ...request, format }, context)
      const { run, to, language, split } = request
      if (format === 'safetensors') {
        const { files } = await exportSafetensors(session.workspace, { run, to })
        const paths = files.map((file) => join(to, file))
        return exported(session, request, { run, format, files: paths, count: files.length })
      }
      const summary = await writeInThread(
        session.workspace,
        { run, format, to, language, split, version: applicationVersion() },
        (done, total) => context.progress({ phase: 'export', done, total, secondsLeft: null, paused: false }),
      )
      return exported(session, request, summary)
    },
  }
}

/** Told in the audit, with what was written where. */
function exported({ workspace: { db } }: Session, request: ExportRequest, summary: ExportSummary): JobEnd {
  const { run, format, operator } = request
  const { files, count } = summary
  recordAudit(db, {
    action: 'export.written',
    operator,
    run,
    dataset: findDataset(db, findRun(db, run).datasetId).name,
    detail: { format, files, count },
  })
  return { state: 'done', result: summary }
}

async function exportModel(
  session: Session,
  request: ExportRequest & { format: ModelFormat },
  context: JobContext,
): Promise<JobEnd> {
  const { workspace, supervisor } = session
  const { batch, format, to } = request
  const run = findRun(workspace.db, request.run)
  const description = await readDescription(workspace, run.id)
  const { white: white16 } = await readTrainingList(workspace, run)
  const version = applicationVersion()
  const manifest = manifestOf(workspace, { run, description, white16, batch, version })
  requireInGraph(manifest, format)
  const finish = async (made: string): Promise<JobEnd> => {
    const files = await placeModel(workspace, { run: run.id, format, to, made, manifest })
    return exported(session, request, { run: run.id, format, files, count: files.length })
  }
  const folder = workspace.path(runFolder(run.id))
  const inside = `export-${randomUUID()}`
  const metadata: JsonObject = { ...manifest }
  const task: ExportTask = {
    kind: 'export',
    task: context.id,
    run: run.id,
    folder,
    to: inside,
    batch,
    version,
    metadata: { fanoscope: JSON.stringify(metadata) },
  }
  context.progress({ phase: 'export', done: 0, total: 1, secondsLeft: null, paused: false })
  const made = `${folder}/${inside}`
  try {
    const outcome = await supervisor.run(task, () => undefined)
    switch (outcome.kind) {
      case 'exported':
        return await finish(made)
      case 'failed':
        return { state: 'failed', failure: outcome.failure }
      case 'interrupted':
        return context.signal.reason === 'close'
          ? { state: 'interrupted', failure: closed }
          : { state: 'interrupted', failure: outcome.failure }
      case 'cancelled':
        return { state: 'cancelled' }
      default:
        throw new TypeError(`The engine answered an export with "${outcome.kind}".`)
    }
  } finally {
    await removeMade(made)
  }
}

/** A graph of tiles alone must be able to give the score in use; a package has what the rest needs. */
function requireInGraph({ score }: Manifest, format: ModelFormat): void {
  if (format === 'package' || !score.beside.includes(score.kind)) return
  throw new Failure('score-not-in-graph', { score: score.kind })
}
