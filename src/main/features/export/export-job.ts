/** The export job. The engine exports models, because it compiles the graph; a thread exports everything else. */

import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { Failure, type FailureData } from '../../../shared/failure.ts'
import type { Split } from '../../../shared/image.ts'
import { message } from '../../../shared/messages/message.ts'
import type { Id, JsonObject } from '../../../shared/values.ts'
import type { EngineTask } from '../../engine/protocol.ts'
import { type JobContext, type JobEnd, type JobPlan, stoppedBy, unfinishedBy } from '../../jobs/jobs.ts'
import { applicationVersion } from '../../platform/application-version.ts'
import type { Session } from '../../session/session.ts'
import { recordAudit } from '../../store/audit.ts'
import { findDataset } from '../../store/datasets.ts'
import { findRun, runFolder } from '../../store/runs.ts'
import { runWorkspaceTask } from '../../threads/run-task.ts'
import type { ReportLanguage } from '../report/words.ts'
import { readTrainingList } from '../runs/training-images.ts'
import { exportModel as exportSafetensors } from './export-model.ts'
import { type Manifest, manifestOf, needsMore } from './manifest.ts'
import type { ExportSummary, TableFormat } from './table-formats.ts'
import { writeTablesTask } from './table-task.ts'
import { type ModelFormat, modelFormats, placeModel, readDescription, removeMade } from './write-model.ts'

export type ExportFormat = ModelFormat | TableFormat | 'safetensors'

export interface ExportRequest {
  run: Id
  format: ExportFormat
  /** Absolute path of the file or folder to write. */
  to: string
  /** Tiles in one call of an exported model. */
  batch: number
  /** Language of a report. */
  language: ReportLanguage
  split: Split
  /** Whether tables have the components of scores too. */
  components: boolean
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
      const { run, to, language, split, components, operator } = request
      if (format === 'safetensors') {
        const { files } = await exportSafetensors(session.workspace, { run, to })
        const paths = files.map((file) => join(to, file))
        return exported(session, request, { run, format, files: paths, count: files.length })
      }
      const summary = await runWorkspaceTask(
        session.workspace,
        writeTablesTask,
        { run, format, to, language, split, components, operator, version: applicationVersion() },
        {
          onProgress: ({ done, total }) =>
            context.progress({ phase: 'export', done, total, secondsLeft: null, paused: false }),
        },
      )
      return exported(session, request, summary)
    },
  }
}

/** Records the export in the audit: what was written, and where. */
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
  const finish = async (made: string, written: readonly string[]): Promise<JobEnd> => {
    const place = { run: run.id, format, to, made, manifest: withFiles(manifest, written), written }
    const files = await placeModel(workspace, place)
    return exported(session, request, { run: run.id, format, files, count: files.length })
  }
  const folder = workspace.path(runFolder(run.id))
  const inside = `export-${randomUUID()}`
  const metadata: JsonObject = { ...manifest }
  const task: EngineTask<'export'> = {
    kind: 'export',
    task: context.id,
    run: run.id,
    folder,
    to: inside,
    batch,
    version,
    metadata: { fanoscope: JSON.stringify(metadata) },
    needsOnnx: format === 'onnx',
  }
  context.progress({ phase: 'export', done: 0, total: 1, secondsLeft: null, paused: false })
  const made = `${folder}/${inside}`
  try {
    const outcome = await supervisor.run(task, () => undefined)
    if (outcome.kind === 'exported') return await finish(made, outcome.result.files)
    const { reason } = context.signal
    if (outcome.kind === 'interrupted' && reason === 'close') return stoppedBy(reason, closed)
    return unfinishedBy(outcome, reason, closed)
  } finally {
    await removeMade(made)
  }
}

/** The manifest, without files that the engine could not write. */
function withFiles({ memory, features, ...manifest }: Manifest, written: readonly string[]): Manifest {
  const there = (file: string | null) => (file !== null && written.includes(file) ? file : null)
  return {
    ...manifest,
    features: features && { ...features, onnx: there(features.onnx) },
    memory: memory && { ...memory, onnx: there(memory.onnx) },
  }
}

/**
 * Refuses every format but a package where the graphs alone cannot compute the score in use; a package also has what
 * is measured outside of them.
 */
function requireInGraph({ score }: Manifest, format: ModelFormat): void {
  if (format === 'package' || !needsMore(score.kind, score)) return
  throw new Failure('score-not-in-graph', { score: score.kind })
}
