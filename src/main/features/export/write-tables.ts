/** Writes the exports that need no engine. */
import { dirname, extname, join } from 'node:path'
import { z } from 'zod'
import { Failure } from '../../../shared/failure.ts'
import type { Split } from '../../../shared/image.ts'
import { storedAsync } from '../../platform/storage-errors.ts'
import { findRun } from '../../store/runs.ts'
import type { Workspace } from '../../store/workspace.ts'
import type { ReportLanguage } from '../report/words.ts'
import { writeReport } from '../report/write-report.ts'
import { writeCsv } from './csv.ts'
import { writeMasks } from './masks.ts'
import { writeParquet } from './parquet.ts'
import { decisionTable, scoreTable } from './score-table.ts'
import type { ExportSummary, TableFormat } from './table-formats.ts'
import { placeFolder, requireFree } from './target.ts'

export interface TableRequest {
  run: string
  format: TableFormat
  /** Absolute path of the target. A report is PDF if it ends in `.pdf`, else HTML. */
  to: string
  /** Language of a report. */
  language: ReportLanguage
  split: Split
  /** Version of Fanoscope, which a report names. */
  version: string
}

/** @throws Failure `run-unknown`, `not-scored`, `no-maps`, `target-exists`, `disk-full` */
export async function writeTables(
  workspace: Workspace,
  { run: text, format, to, language, split, version }: TableRequest,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<ExportSummary> {
  const run = findRun(workspace.db, text)
  requireFree(to)
  if (format === 'masks') {
    const count = await placeFolder(to, (folder) => writeMasks(workspace, run, folder, onProgress))
    return { run: run.id, format, files: [to], count }
  }
  const ending = extname(to)
  if (format === 'report') {
    const form = ending.toLowerCase() === '.pdf' ? 'pdf' : 'html'
    const count = await storedAsync(() =>
      writeReport(workspace, { run: run.id, form, to, language, split, version }),
    )
    return { run: run.id, format, files: [to], count }
  }
  const decisions = join(
    dirname(to),
    `${to.slice(dirname(to).length + 1, to.length - ending.length)}-decisions${ending}`,
  )
  requireFree(decisions)
  const { db } = workspace
  const scored = db.get(z.object({}), 'SELECT 1 FROM score WHERE run_id = $run LIMIT 1', { run: run.id })
  if (scored === undefined) {
    throw new Failure('not-scored', { case: 'no-image', run: run.id })
  }
  return storedAsync(async () => {
    const facts = { fanoscope_run: run.id, fanoscope_model: run.model }
    const count =
      format === 'csv'
        ? await writeCsv(to, scoreTable(db, run))
        : await writeParquet(to, scoreTable(db, run), facts)
    const table = decisionTable(db, run)
    await (format === 'csv' ? writeCsv(decisions, table) : writeParquet(decisions, table, facts))
    return { run: run.id, format, files: [to, decisions], count }
  })
}
