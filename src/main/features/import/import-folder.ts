import { resolve } from 'node:path'
import PQueue from 'p-queue'
import { z } from 'zod'
import type { Dataset } from '../../../shared/dataset.ts'
import { Failure } from '../../../shared/failure.ts'
import { type Image, type Label, type Layout, splitSchema } from '../../../shared/image.ts'
import type { ImportCorrection, ImportProgress, ImportReport } from '../../../shared/import.ts'
import { inside, message, type NestedMessage } from '../../../shared/messages/message.ts'
import { sha256Schema } from '../../../shared/values.ts'
import { refusalMessage } from '../../images/refusal.ts'
import type { StagedFile } from '../../store/blob-store.ts'
import { createDataset, datasetByName, removeEmptyDataset, splitCounts } from '../../store/datasets.ts'
import { validationFrozenAt } from '../../store/frozen.ts'
import { addBlob, addImage, imageByHash, setMask, setSplit } from '../../store/images.ts'
import { beginImport, finishImport, recordImport, stopImport } from '../../store/imports.ts'
import type { Workspace } from '../../store/workspace.ts'
import { folderOf, type Listing, listFolder, maskKey, type Placement, place } from './layout.ts'
import { type Reading, readMaskFor, readPhotograph, type StagedMask } from './photograph.ts'
import { assignSplits, defaultValidationFraction, provisionalSplit, type SplitRule } from './splits.ts'

export interface ImportOptions {
  folder: string
  /** The dataset's name; made where it is new, added to where it is not. */
  dataset: string
  layout?: Layout | 'auto'
  /** Draws which images go to which split. */
  seed?: number
  /** Share of the normal images that goes to validation. */
  validationFraction?: number
  /** What photographs without a telling folder are: `normal` for a folder of good parts only. */
  unlabeledAs?: Label
  /** What a person says of folders; each counts for the files in that folder itself. */
  corrections?: readonly ImportCorrection[]
  signal?: AbortSignal
  onProgress?: (progress: ImportProgress) => void
}

/** Files whose rows are written together; what a killed import loses at most, and then does again. */
const batchSize = 50
/** Files that are decoded at the same time. */
const concurrency = 4

type Notes = Pick<ImportReport, 'imported' | 'already' | 'duplicates' | 'refused' | 'warnings'>

/** Everything that stays the same during one import. */
interface Session {
  workspace: Workspace
  root: string
  dataset: Dataset
  importId: string
  listing: Listing
  rule: SplitRule
  unlabeledAs: Label
  /** By the folder. */
  corrections: ReadonlyMap<string, ImportCorrection>
  /** `maskKey` of the photographs met so far. */
  usedMasks: Set<string>
  notes: Notes
  signal: AbortSignal | undefined
}

/**
 * Imports a folder of photographs. One bad file never stops the rest: it is listed with its reason. What is imported
 * is committed in batches; an import that is killed or cancelled leaves whole batches only, and the same import again
 * goes on with what is missing. Memory does not grow with the number of images.
 *
 * @throws Failure `folder-unreadable`, `folder-empty`, `layout-mismatch`, `several-datasets`,
 * `dataset-name-invalid`, `import-cancelled`, `disk-full`
 */
export async function importFolder(workspace: Workspace, options: ImportOptions): Promise<ImportReport> {
  const { db } = workspace
  const started = performance.now()
  const root = resolve(options.folder)
  const corrections = new Map((options.corrections ?? []).map((correction) => [correction.path, correction]))
  const listing = withoutSkipped(await listFolder(root, options.layout ?? 'auto'), corrections)
  const { layout } = listing
  const known = datasetByName(db, options.dataset)
  const dataset = known ?? createDataset(db, { name: options.dataset, layout, source: root })
  const session: Session = {
    workspace,
    root,
    dataset,
    importId: beginImport(db, { datasetId: dataset.id, source: root, layout }),
    listing,
    rule: { ...splitRule(listing, options), frozen: validationFrozenAt(db, dataset.id) !== null },
    unlabeledAs: options.unlabeledAs ?? 'unlabeled',
    corrections,
    usedMasks: new Set(),
    notes: { imported: 0, already: 0, duplicates: [], refused: [], warnings: [] },
    signal: options.signal,
  }
  try {
    await importFiles(session, (done) =>
      options.onProgress?.(progressOf(done, listing.files.length, started)),
    )
    noteUnusedMasks(session)
    return db.transaction(() => {
      drawSplits(session)
      noteMissingNormals(session)
      const report: ImportReport = {
        dataset: dataset.name,
        layout,
        ...session.notes,
        splits: splitCounts(db, dataset.id),
        seconds: (performance.now() - started) / 1000,
      }
      finishImport(db, session.importId, report)
      if (known === undefined) removeEmptyDataset(db, dataset.id)
      return report
    })
  } catch (error) {
    const isCancelled = error instanceof Failure && error.code === 'import-cancelled'
    try {
      stopImport(db, session.importId, isCancelled ? 'cancelled' : 'failed')
      if (known === undefined) removeEmptyDataset(db, dataset.id)
    } catch {
      // On a full disk not even this can be written. What happened first is what a person must know, and opening the
      // workspace again marks the import as interrupted.
    }
    throw error
  }
}

/** @throws Failure `folder-empty` where every folder is to be skipped */
function withoutSkipped(listing: Listing, corrections: ReadonlyMap<string, ImportCorrection>): Listing {
  const files = listing.files.filter((file) => corrections.get(folderOf(file))?.skip !== true)
  if (files.length > 0) return { ...listing, files }
  throw new Failure('folder-empty', { case: 'all-left-out' })
}

function splitRule({ layout, files }: Listing, options: ImportOptions): SplitRule {
  const hasValidation = layout === 'mvtec' && files.some((file) => place(file, layout).split === 'validation')
  return {
    layout,
    seed: options.seed ?? 1,
    // A dataset whose author made a validation split needs none of its training images for it.
    validationFraction: hasValidation ? 0 : (options.validationFraction ?? defaultValidationFraction),
  }
}

function progressOf(done: number, total: number, started: number): ImportProgress {
  const elapsed = (performance.now() - started) / 1000
  return { done, total, secondsLeft: done === 0 ? null : (elapsed / done) * (total - done) }
}

async function importFiles(session: Session, onDone: (done: number) => void): Promise<void> {
  const { files } = session.listing
  const queue = new PQueue({ concurrency })
  let done = 0
  onDone(0)
  for (let at = 0; at < files.length; at += batchSize) {
    const batch = files.slice(at, at + batchSize)
    const items = await readBatch(session, queue, batch, () => onDone(++done))
    try {
      commitBatch(session, items)
    } catch (error) {
      for (const staged of stagedFiles(items)) session.workspace.blobs.discard(staged)
      throw error
    }
  }
}

/** A file with its place in the dataset and, where it has one, its mask. */
interface Item {
  reading: Reading
  placement: Placement
  mask: StagedMask | null
  warnings: ImportReport['warnings']
}

function stagedFiles(items: readonly Item[]): StagedFile[] {
  return items.flatMap(({ reading, mask }) => [
    ...(reading.kind === 'read' ? [reading.staged] : []),
    ...(mask ? [mask.staged] : []),
  ])
}

function checkCancelled({ signal }: Session): void {
  if (!signal?.aborted) return
  throw new Failure('import-cancelled')
}

/** Reads files at the same time; where one of them stops the import, what is staged is removed. */
async function readBatch(
  session: Session,
  queue: PQueue,
  files: readonly string[],
  onDone: () => void,
): Promise<Item[]> {
  const results = await Promise.allSettled(
    files.map((file) =>
      queue.add(async () => {
        checkCancelled(session)
        const item = await readItem(session, file)
        onDone()
        return item
      }),
    ),
  )
  const items = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const failed = results.find((result) => result.status === 'rejected')
  if (failed) {
    for (const staged of stagedFiles(items)) session.workspace.blobs.discard(staged)
    throw failed.reason
  }
  return items
}

async function readItem(session: Session, file: string): Promise<Item> {
  const { workspace, root, dataset, listing } = session
  const placement = placementOf(session, file)
  const reading = await readPhotograph(workspace, dataset.id, root, file)
  const item: Item = { reading, placement, mask: null, warnings: [] }
  const key = maskKey(file, listing.layout)
  const maskFile = listing.masks.get(key)
  session.usedMasks.add(key)
  if (reading.kind === 'refused') return item
  if (reading.kind === 'already' && reading.image.maskSha256 !== null) return item
  if (maskFile === undefined) {
    if (placement.label === 'anomalous' && listing.masks.size > 0) {
      item.warnings.push({ file, ...message('no-mask') })
    }
    return item
  }
  const { width, height } = reading.kind === 'read' ? reading.info : reading.image
  try {
    const mask = await readMaskFor(workspace, root, maskFile, { width, height, label: placement.label, file })
    if ('staged' in mask) item.mask = mask
    else item.warnings.push({ file: maskFile, ...mask.warning })
    return item
  } catch (error) {
    if (reading.kind === 'read') workspace.blobs.discard(reading.staged)
    throw error
  }
}

/** A frozen validation set takes nothing in; what is meant for it judges all the same. */
const thawed = (placement: Placement, { frozen }: SplitRule): Placement =>
  frozen && placement.split === 'validation' ? { ...placement, split: 'test' } : placement

const placementOf = (session: Session, file: string): Placement =>
  thawed(meantPlacement(session, file), session.rule)

/** What a person said of the file's folder, else what its path says. */
function meantPlacement(
  { listing, unlabeledAs, corrections }: Pick<Session, 'listing' | 'unlabeledAs' | 'corrections'>,
  file: string,
): Placement {
  const corrected = corrections.get(folderOf(file))
  if (corrected !== undefined) {
    const { split, label, defectType } = corrected
    // What nobody knows to be good or bad is drawn into no split: it teaches nothing and judges nothing.
    return label === 'unlabeled'
      ? { split: split ?? 'test', label, defectType: null }
      : { split, label, defectType }
  }
  const placement = place(file, listing.layout)
  if (placement.label !== 'unlabeled' || unlabeledAs === 'unlabeled') return placement
  return { split: null, label: unlabeledAs, defectType: null }
}

/** Publishes the files of a batch and writes their rows: all of them or none. */
function commitBatch(session: Session, items: readonly Item[]): void {
  const { workspace, notes } = session
  const { db, blobs } = workspace
  const fresh: (Item & { reading: Reading & { kind: 'read' } })[] = []
  const withMask: { image: Image; mask: StagedMask }[] = []
  const seen = new Map<string, { file: string; placement: Placement }>()

  for (const item of items) {
    const { reading, placement } = item
    notes.warnings.push(...item.warnings)
    if (reading.kind === 'refused') {
      notes.refused.push({ file: reading.file, ...refusalMessage(reading.refusal) })
    } else if (reading.kind === 'already') {
      noteAlready(notes, reading.image)
      if (item.mask) withMask.push({ image: reading.image, mask: item.mask })
    } else {
      const { sha256 } = reading.staged
      const known = imageByHash(db, session.dataset.id, sha256)
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
      for (const { reading, placement, mask } of fresh) addRow(session, reading, placement, mask)
      for (const { image, mask } of withMask) setMask(db, image.id, mask.staged.sha256)
      recordImport(db, 'import.images', session.importId, {
        images: fresh.map(({ reading, placement }) => ({
          file: reading.file,
          sha256: reading.staged.sha256,
          label: placement.label,
        })),
        masks: masks.length,
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
  { workspace, dataset, importId, rule }: Session,
  reading: Reading & { kind: 'read' },
  placement: Placement,
  mask: StagedMask | null,
): void {
  const { staged, info, file } = reading
  addImage(workspace.db, {
    datasetId: dataset.id,
    importId,
    sha256: staged.sha256,
    file,
    width: info.width,
    height: info.height,
    channels: info.channels,
    bitDepth: info.bitDepth,
    peak: info.peak,
    split: placement.split ?? provisionalSplit(staged.sha256, placement.label, rule),
    label: placement.label,
    defectType: placement.defectType,
    maskSha256: mask?.staged.sha256 ?? null,
    partGroup: null,
    warnings: info.warnings,
  })
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

function noteUnusedMasks({ listing, usedMasks, notes }: Session): void {
  for (const [key, file] of listing.masks) {
    if (!usedMasks.has(key)) notes.warnings.push({ file, ...message('mask-alone') })
  }
}

function noteMissingNormals({ workspace, dataset, notes }: Session): void {
  const normal = workspace.db.get(
    z.object({}),
    `SELECT 1 FROM image WHERE dataset_id = $id AND label = 'normal' AND removed_at IS NULL LIMIT 1`,
    { id: dataset.id },
  )
  if (normal) return
  notes.warnings.push({ file: '.', ...message('no-normal') })
}

const drawnRow = z.object({ id: z.int(), sha256: sha256Schema, file: z.string(), split: splitSchema })

/**
 * Gives the images without a split of their own exact shares. Images of an earlier import that was not finished are
 * drawn together with these, so that it makes no difference where it was interrupted; once a run has been made of
 * the dataset they stay where they are, as a moved image could be validated with after it was trained on.
 */
function drawSplits(session: Session): void {
  const {
    workspace: { db },
    dataset,
    importId,
    rule,
  } = session
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
        return meantPlacement(session, file).split === null
      })
    for (const [id, split] of assignSplits(images, label, rule)) setSplit(db, id, split)
  }
}
