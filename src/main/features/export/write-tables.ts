/** Writes the exports that need no engine. */
import { extname } from 'node:path'
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
import { componentTable, decisionTable, scoreTable, type Table } from './score-table.ts'
import type { ExportSummary, TableFormat } from './table-formats.ts'
import { beside, placeFolder, requireFree } from './target.ts'

export interface TableRequest {
  run: string
  format: TableFormat
  /** Absolute path of the target. A report is PDF if it ends in `.pdf`, else HTML. */
  to: string
  /** Language of a report. */
  language: ReportLanguage
  split: Split
  /** Whether a table also has the components of scores, and a table of those of all tiles lies beside it. */
  components: boolean
  /** Version of Fanoscope, which a report names. */
  version: string
  /** Who asked for it, whom a report names; null where nobody signed in. */
  operator: string | null
}

/** @throws Failure `run-unknown`, `not-scored`, `no-maps`, `target-exists`, `disk-full` */
export async function writeTables(
  workspace: Workspace,
  { run: text, format, to, language, split, components, version, operator }: TableRequest,
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
      writeReport(workspace, { run: run.id, form, to, language, split, version, operator }),
    )
    return { run: run.id, format, files: [to], count }
  }
  const decisions = beside(to, '-decisions')
  const tiles = components ? [beside(to, '-components')] : []
  for (const file of [decisions, ...tiles]) requireFree(file)
  const { db } = workspace
  const scored = db.get(z.object({}), 'SELECT 1 FROM score WHERE run_id = $run LIMIT 1', { run: run.id })
  if (scored === undefined) {
    throw new Failure('not-scored', { case: 'no-image', run: run.id })
  }
  return storedAsync(async () => {
    const facts = { fanoscope_run: run.id, fanoscope_model: run.model }
    const write = (file: string, table: Table): Promise<number> =>
      format === 'csv' ? writeCsv(file, table) : writeParquet(file, table, facts)
    const count = await write(to, scoreTable(db, run, components))
    await write(decisions, decisionTable(db, run))
    for (const file of tiles) await write(file, componentTable(db, run))
    return { run: run.id, format, files: [to, decisions, ...tiles], count }
  })
}
