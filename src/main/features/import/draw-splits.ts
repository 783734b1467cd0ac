/** Draws the splits of what an import added. */
import { z } from 'zod'
import { splitSchema } from '../../../shared/image.ts'
import { sha256Schema } from '../../../shared/values.ts'
import { setSplit } from '../../store/images.ts'
import type { ImportContext } from './import-context.ts'
import { meantSplit } from './placement.ts'
import { assignSplits } from './splits.ts'

const drawnRow = z.object({ id: z.int(), sha256: sha256Schema, file: z.string(), split: splitSchema })

/**
 * Gives the images without a split of their own exact shares. Images of an earlier import that was not finished are
 * drawn together with these, so that it makes no difference where it was interrupted; once a run has been made of
 * the dataset they stay where they are, as a moved image could be validated with after it was trained on.
 */
export function drawSplits(context: ImportContext): void {
  const {
    workspace: { db },
    dataset,
    importId,
    rule,
  } = context
  for (const label of ['normal', 'anomalous'] as const) {
    const images = db
      .all(
        drawnRow,
        `SELECT image.id, image.sha256, image.file, image.split FROM image JOIN import ON import.id = image.import_id
         WHERE image.dataset_id = $datasetId AND image.label = $label AND image.removed_at IS NULL
           AND (import.id = $importId OR (import.state <> 'done'
             AND NOT EXISTS (SELECT 1 FROM run WHERE run.dataset_id = $datasetId)))`,
        { datasetId: dataset.id, label, importId },
      )
      .filter(({ file, split }) => {
        if (rule.frozen && split === 'validation') return false
        const planned = context.planned.get(file)
        return planned !== undefined && meantSplit(planned, label) === null
      })
    for (const [id, split] of assignSplits(images, label, rule)) setSplit(db, id, split)
  }
}
