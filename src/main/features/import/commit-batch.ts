/** Puts a batch of files that were read into the workspace: originals, masks and rows, all of them or none. */
import type { Image, Label } from '../../../shared/image.ts'
import { inside, message, type NestedMessage } from '../../../shared/messages/message.ts'
import { refusalMessage } from '../../images/refusal.ts'
import { keepAnnotation } from '../../store/annotations.ts'
import { recordAudit } from '../../store/audit.ts'
import type { Database } from '../../store/database.ts'
import { addBlob, addImage, imageByHash, setMask } from '../../store/images.ts'
import { datasetOfImport } from '../../store/imports.ts'
import type { ImportContext, Notes } from './import-context.ts'
import type { Reading } from './photograph.ts'
import type { StagedMask } from './photograph-masks.ts'
import type { Placement } from './placement.ts'
import { type Item, stagedFiles } from './read-batch.ts'
import { provisionalSplit } from './splits.ts'

/** Publishes the files of a batch and writes their rows: all of them or none. */
export function commitBatch(context: ImportContext, items: readonly Item[]): void {
  const { workspace, notes } = context
  const { db, blobs } = workspace
  const fresh: (Item & { reading: Reading & { kind: 'read' } })[] = []
  const withMask: { image: Image; mask: StagedMask }[] = []
  const seen = new Map<string, { file: string; placement: Placement }>()

  for (const item of items) {
    const { reading, placement } = item
    notes.warnings.push(...item.warnings)
    if (reading.kind === 'refused') {
      notes.refused.push({ file: reading.file, ...refusalMessage(reading.refusal) })
    } else if (reading.kind === 'mask') {
      notes.refused.push({ file: reading.file, code: 'looks-like-mask', params: {} })
    } else if (reading.kind === 'already') {
      noteAlready(notes, reading.image)
      if (item.mask) withMask.push({ image: reading.image, mask: item.mask })
    } else {
      const { sha256 } = reading.staged
      const known = imageByHash(db, context.dataset.id, sha256)
      const earlier = known ? { file: known.file, placement: known } : seen.get(sha256)
      if (earlier) {
        if (known?.removedAt) {
          notes.warnings.push({
            file: reading.file,
            ...message('copy-removed', { file: known.file }),
          })
        } else {
          noteDuplicate(notes, { file: reading.file, placement }, earlier)
        }
        for (const staged of stagedFiles([item])) blobs.discard(staged)
      } else {
        seen.set(sha256, { file: reading.file, placement })
        fresh.push({ ...item, reading })
      }
    }
  }

  const masks = [...fresh.flatMap(({ mask }) => mask ?? []), ...withMask.map(({ mask }) => mask)]
  const files = [
    ...fresh.map(({ reading }) => ({ staged: reading.staged, format: reading.info.format })),
    ...masks,
  ]
  if (files.length === 0) return
  const publication = blobs.publish(files)
  try {
    db.transaction(() => {
      for (const { staged, format } of files)
        addBlob(db, { sha256: staged.sha256, bytes: staged.bytes, format })
      for (const { reading, placement, mask } of fresh) addRow(context, reading, placement, mask)
      for (const { image, mask } of withMask) {
        setMask(db, image.id, mask.staged.sha256)
        keepShapes(db, image.id, mask)
      }
      // Which they are, and their labels, is in the rows that it leaves behind.
      recordAudit(db, {
        action: 'import.images',
        dataset: datasetOfImport(db, context.importId),
        detail: { import: context.importId, images: fresh.length, masks: masks.length },
      })
    })
  } catch (error) {
    publication.undo()
    throw error
  }
  publication.confirm()
  notes.imported += fresh.length
  for (const { reading } of fresh) {
    for (const warning of reading.info.warnings) notes.warnings.push({ file: reading.file, ...warning })
  }
}

function addRow(
  context: ImportContext,
  reading: Reading & { kind: 'read' },
  placement: Placement,
  mask: StagedMask | null,
): void {
  const { workspace, dataset, importId, rule } = context
  const { staged, info, file } = reading
  const id = addImage(workspace.db, {
    datasetId: dataset.id,
    importId,
    sha256: staged.sha256,
    file,
    width: info.width,
    height: info.height,
    channels: info.channels,
    bitDepth: info.bitDepth,
    peak: info.peak,
    gray: info.gray,
    split: placement.split ?? provisionalSplit(staged.sha256, placement.label, rule),
    label: placement.label,
    defectType: placement.defectType ?? typeOfMask(placement, mask),
    maskSha256: mask?.staged.sha256 ?? null,
    partGroup: context.planned.get(file)?.part ?? null,
    warnings: info.warnings,
  })
  if (mask) keepShapes(workspace.db, id, mask)
}

/** The defect type that covers most of a photograph whose folder gives none. */
const typeOfMask = ({ label }: Placement, mask: StagedMask | null): string | null =>
  label === 'anomalous' ? (mask?.largestType ?? null) : null

function keepShapes(db: Database, imageId: Image['id'], { shapes }: StagedMask): void {
  if (shapes !== null) keepAnnotation(db, { imageId, shapes, operatorId: null })
}

function noteAlready(notes: Notes, image: Image): void {
  if (image.removedAt !== null) {
    notes.warnings.push({ file: image.file, ...message('removed') })
    return
  }
  notes.already++
  for (const warning of image.warnings) notes.warnings.push({ file: image.file, ...warning })
}

const labelInside = (label: Label): NestedMessage => inside('label', message(label))

/** The same bytes twice; worse than useless where they would be trained on and tested with, or have two labels. */
function noteDuplicate(
  notes: Notes,
  copy: { file: string; placement: Placement },
  first: { file: string; placement: Placement },
): void {
  const { file } = copy
  notes.duplicates.push({ file, of: first.file })
  if (copy.placement.label !== first.placement.label && copy.placement.label !== 'unlabeled') {
    notes.warnings.push({
      file,
      ...message('other-label', {
        label: labelInside(first.placement.label),
        file: first.file,
        other: labelInside(copy.placement.label),
      }),
    })
  } else if (copy.placement.split === 'test' && first.placement.split !== 'test') {
    notes.warnings.push({
      file,
      ...message('other-split', { file: first.file }),
    })
  }
}
