/** The report of an import as a file: a row for each photograph that was not simply imported, and why. */
import { join, resolve } from 'node:path'
import type { ImportReport } from '../../../shared/import.ts'
import { wordsIn } from '../../../shared/messages/words.ts'
import { csvHead, csvLines } from '../../platform/csv.ts'
import { writeFileDurably } from '../../platform/durable-file.ts'
import { portableName } from '../../platform/portable-name.ts'
import { storedAsync } from '../../platform/storage-errors.ts'

const english = wordsIn('en')

const columns = ['file', 'outcome', 'code', 'detail']

const fileName = (dataset: string, time: number): string => {
  const safe = dataset.replaceAll(/[^\p{L}\p{N} _-]+/gu, '_').trim()
  const stamp = new Date(time).toISOString().slice(0, 19).replaceAll(/[:T]/g, '-')
  return portableName(`import-${safe === '' ? 'dataset' : safe}-${stamp}.csv`)
}

/** As a table: what was refused, what was there twice, and what a person should know of the rest. */
export function importReportRows({ refused, duplicates, warnings }: ImportReport): string[][] {
  return [
    ...refused.map((refusal) => [
      refusal.file,
      'refused',
      refusal.code,
      english.text('failure', refusal, 'title'),
    ]),
    ...duplicates.map(({ file, of }) => [file, 'duplicate', 'same-bytes', of]),
    ...warnings.map((warning) => [warning.file, 'note', warning.code, english.text('warning', warning)]),
  ]
}

/** @throws Failure `disk-full` */
export async function exportImportReport(
  report: ImportReport,
  folder: string,
  now: number,
): Promise<{ file: string; rows: number }> {
  const file = join(resolve(folder), fileName(report.dataset, now))
  const rows = importReportRows(report)
  const text = csvHead(columns) + csvLines(rows)
  await storedAsync(() => writeFileDurably(file, text))
  return { file, rows: rows.length }
}
