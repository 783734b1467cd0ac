/** Draws the annotations of documents of the folder on the photographs that were imported from it. */
import { annotationFormatSchema } from '../../../shared/import-plan.ts'
import { inside, message } from '../../../shared/messages/message.ts'
import { importMasks } from '../label/exchange.ts'
import type { ImportContext } from './import-context.ts'

/** What a person drew or a mask marked before stays; a photograph in a folder of good parts gets no defect. */
export async function readDocuments(context: ImportContext): Promise<void> {
  const { workspace, root, dataset, plan, planned, notes } = context
  for (const format of annotationFormatSchema.options) {
    const files = new Set(
      plan.documents.filter((document) => document.format === format).map(({ file }) => file),
    )
    if (files.size === 0) continue
    const {
      images,
      skipped,
      notes: told,
    } = await importMasks(workspace, {
      dataset,
      format,
      folder: root,
      only: files,
      lists: plan.classLists,
      keepLabels: true,
      mayDrawOn({ file, maskSha256 }) {
        if (maskSha256 !== null) return false
        return planned.get(file)?.label === 'normal' ? message('normal-by-folder', { name: file }) : true
      },
    })
    notes.annotated += images
    notes.warnings.push(...told)
    for (const { file, ...reason } of skipped) {
      notes.warnings.push({ file, ...message('annotation-skipped', { reason: inside('reason', reason) }) })
    }
  }
}
