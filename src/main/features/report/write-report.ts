/** Writes a report as one file of HTML or PDF. */
import type { Split } from '../../../shared/image.ts'
import { writeFileDurably } from '../../platform/durable-file.ts'
import type { Workspace } from '../../store/workspace.ts'
import { reportDocument } from './blocks.ts'
import { gatherReport } from './content.ts'
import { reportHtml } from './html.ts'
import { reportPdf } from './pdf.ts'
import type { ReportLanguage } from './words.ts'

export interface ReportRequest {
  run: string
  split: Split
  language: ReportLanguage
  form: 'html' | 'pdf'
  version: string
  /** Who asked for it; null where nobody signed in. */
  operator: string | null
  /** Absolute path of the file. */
  to: string
}

/**
 * @returns the number of parts in the report
 * @throws Failure `run-unknown`, `not-trained`, `not-scored`, `disk-full`
 */
export async function writeReport(workspace: Workspace, request: ReportRequest): Promise<number> {
  const content = gatherReport(workspace, request)
  const document = await reportDocument(workspace, content, request.language)
  const file = await (request.form === 'html' ? reportHtml(document) : reportPdf(document))
  await writeFileDurably(request.to, file)
  return content.counts.normal + content.counts.anomalous + content.counts.unlabeled
}
