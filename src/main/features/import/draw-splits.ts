/** Draws the splits of what an import added. */
import { z } from 'zod'
import { type Split, splitSchema } from '../../../shared/image.ts'
import { sha256Schema } from '../../../shared/values.ts'
import { setSplit } from '../../store/images.ts'
import type { ImportContext } from './import-context.ts'
import { meantSplit } from './placement.ts'
import { assignSplits } from './splits.ts'

const drawnRow = z.object({
  id: z.int(),
  sha256: sha256Schema,
  file: z.string(),
  split: splitSchema,
  label: z.enum(['normal', 'anomalous']),
  part: z.string().nullable(),
})
type Row = z.output<typeof drawnRow>

/**
 * Gives the images without a split of their own exact shares. Images of an earlier import that was not finished are
 * drawn together with these, so that it makes no difference where it was interrupted; once a run has been made of
 * the dataset they stay where they are, as a moved image could be validated with after it was trained on.
 *
 * Views of one part stay together: good views of a part with a defect are drawn with it, and where some views have a
 * split for testing, the others join them.
 */
export function drawSplits(context: ImportContext): void {
  const {
    workspace: { db },
    dataset,
    importId,
    rule,
  } = context
  const images = db
    .all(
      drawnRow,
      `SELECT image.id, image.sha256, image.file, image.split, image.label, image.part_group AS part
       FROM image JOIN import ON import.id = image.import_id
       WHERE image.dataset_id = $datasetId AND image.label <> 'unlabeled' AND image.removed_at IS NULL
         AND (import.id = $importId OR (import.state <> 'done'
           AND NOT EXISTS (SELECT 1 FROM run WHERE run.dataset_id = $datasetId)))`,
      { datasetId: dataset.id, importId },
    )
    .filter(({ split }) => !(rule.frozen && split === 'validation'))
  const free = images.filter(({ file, label }) => {
    const planned = context.planned.get(file)
    return planned !== undefined && meantSplit(planned, label) === null
  })
  const fixed = fixedParts(context, images, free)
  const withDefect = new Set(free.flatMap(({ label, part }) => (label === 'anomalous' && part ? [part] : [])))
  for (const label of ['normal', 'anomalous'] as const) {
    const drawn = free.filter((image) => {
      const judged = image.part !== null && withDefect.has(image.part)
      return !fixed.has(image.part ?? '') && (judged ? 'anomalous' : image.label) === label
    })
    for (const [id, split] of assignSplits(drawn, label, rule)) setSplit(db, id, split)
  }
  for (const { id, part } of free) {
    const split = fixed.get(part ?? '')
    if (split !== undefined) setSplit(db, id, split)
  }
}

/** The parts of which some views have a split for testing by the plan, which others therefore get too. */
function fixedParts(
  { rule }: ImportContext,
  images: readonly Row[],
  free: readonly Row[],
): ReadonlyMap<string, Split> {
  const isFree = new Set(free.map(({ id }) => id))
  const fixed = new Map<string, Split>()
  for (const { id, part, split } of images) {
    if (part === null || isFree.has(id) || split === 'train' || fixed.get(part) === 'test') continue
    fixed.set(part, rule.frozen ? 'test' : split)
  }
  return fixed
}
