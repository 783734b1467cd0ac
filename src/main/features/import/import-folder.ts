/** Imports a folder of photographs from its listing to its report. */
import { resolve } from 'node:path'
import PQueue from 'p-queue'
import { z } from 'zod'
import { Failure } from '../../../shared/failure.ts'
import type { Label, Layout } from '../../../shared/image.ts'
import type { GivenCorrection, ImportProgress, ImportReport } from '../../../shared/import.ts'
import type { ImportPlan } from '../../../shared/import-plan.ts'
import { message } from '../../../shared/messages/message.ts'
import type { SampleRange } from '../../../shared/sample-range.ts'
import { secondsLeft } from '../../platform/seconds-left.ts'
import { createDataset, datasetByName, removeEmptyDataset, splitCounts } from '../../store/datasets.ts'
import { validationFrozenAt } from '../../store/frozen.ts'
import { beginImport, finishImport, stopImport } from '../../store/imports.ts'
import { keepSampleRange, sampleRangeOf } from '../../store/sample-ranges.ts'
import type { Workspace } from '../../store/workspace.ts'
import { readClassNames } from '../label/class-names.ts'
import { isClassList } from '../layouts/class-lists.ts'
import { listFolder } from '../layouts/listing.ts'
import { planFolder } from '../layouts/plan.ts'
import { readPlan } from '../layouts/plan-file.ts'
import { commitBatch } from './commit-batch.ts'
import { readDocuments } from './documents.ts'
import { drawSplits } from './draw-splits.ts'
import type { ImportContext } from './import-context.ts'
import { readBatch, stagedFiles } from './read-batch.ts'
import { defaultValidationFraction, type SplitRule } from './splits.ts'

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
  corrections?: readonly GivenCorrection[]
  /** Whether symbolic links are followed. */
  followLinks?: boolean
  /** Which values are black and white in photographs of floating point or 32 bits; kept for the dataset. */
  range?: SampleRange | null
  /** The path of a saved plan, which is done as it stands instead of planning the folder. */
  as?: string
  signal?: AbortSignal
  onProgress?: (progress: ImportProgress) => void
}

/** Files whose rows are written together; what a killed import loses at most, and then does again. */
const batchSize = 50
/** Files that are decoded at the same time. */
const concurrency = 4

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
  const range = options.range ?? keptRange(workspace, options.dataset)
  const plan =
    options.as === undefined
      ? await planFolder(root, { ...options, range })
      : await savedPlan(root, options.as, options)
  const { layout } = plan
  const warnings = [...plan.notes]
  const classes = await readClassNames(root, plan.classLists.filter(isClassList), (about) =>
    warnings.push(about),
  )
  const known = datasetByName(db, options.dataset)
  const dataset = known ?? createDataset(db, { name: options.dataset, layout, source: root })
  const context: ImportContext = {
    workspace,
    root,
    dataset,
    importId: beginImport(db, { datasetId: dataset.id, source: root, layout }),
    plan,
    planned: new Map(plan.photographs.map((planned) => [planned.file, planned])),
    hasMasks: plan.photographs.some(({ masks }) => masks.length > 0),
    classes,
    range: options.range ?? plan.range ?? sampleRangeOf(db, dataset.id),
    rule: { ...splitRule(plan, options), frozen: validationFrozenAt(db, dataset.id) !== null },
    notes: {
      imported: 0,
      already: 0,
      annotated: 0,
      duplicates: [],
      refused: [...plan.leftOut],
      warnings,
    },
    signal: options.signal,
  }
  const total = plan.photographs.length
  try {
    if (context.range !== null) keepSampleRange(db, dataset.id, context.range)
    await importFiles(context, (done) =>
      options.onProgress?.({ done, total, secondsLeft: secondsLeft(started, done, total) }),
    )
    await readDocuments(context)
    return db.transaction(() => {
      drawSplits(context)
      noteMissingNormals(context)
      const report: ImportReport = {
        dataset: dataset.name,
        layout,
        recognized: plan.recognized,
        passedOver: plan.passedOver,
        ...context.notes,
        ...countsOf(context),
        splits: splitCounts(db, dataset.id),
        seconds: (performance.now() - started) / 1000,
      }
      finishImport(db, context.importId, report)
      if (known === undefined) removeEmptyDataset(db, dataset.id)
      return report
    })
  } catch (error) {
    const isCancelled = error instanceof Failure && error.code === 'import-cancelled'
    try {
      stopImport(db, context.importId, isCancelled ? 'cancelled' : 'failed')
      if (known === undefined) removeEmptyDataset(db, dataset.id)
    } catch {
      // On a full disk not even this can be written. What happened first is what a person must know, and opening the
      // workspace again marks the import as interrupted.
    }
    throw error
  }
}

/** The range that an earlier import kept for the dataset: the plan need not ask for one again. */
function keptRange({ db }: Workspace, name: string): SampleRange | null {
  const dataset = datasetByName(db, name)
  return dataset === undefined ? null : sampleRangeOf(db, dataset.id)
}

/** A saved plan, with a word about the files that it does not know. */
async function savedPlan(root: string, path: string, options: ImportOptions): Promise<ImportPlan> {
  const plan = await readPlan(path)
  const known = new Set(plan.photographs.flatMap(({ file, masks }) => [file, ...masks]))
  for (const { file } of [...plan.leftOut, ...plan.notes, ...plan.documents]) known.add(file)
  const { pictures } = await listFolder(root, {
    followLinks: options.followLinks ?? false,
    signal: options.signal,
  })
  const others = pictures.filter((file) => !known.has(file))
  if (others.length === 0) return plan
  const note = message('not-in-plan', { count: others.length, names: others.slice(0, 5) })
  return { ...plan, notes: [...plan.notes, { file: '.', ...note }] }
}

function splitRule({ layout, photographs }: ImportPlan, options: ImportOptions): SplitRule {
  const hasValidation = photographs.some(({ split, label }) => split === 'validation' && label === 'normal')
  return {
    layout,
    seed: options.seed ?? 1,
    // A dataset whose author made a validation split needs none of its training images for it.
    validationFraction:
      layout === 'mvtec' && hasValidation ? 0 : (options.validationFraction ?? defaultValidationFraction),
  }
}

async function importFiles(context: ImportContext, onDone: (done: number) => void): Promise<void> {
  const { photographs } = context.plan
  const queue = new PQueue({ concurrency })
  let done = 0
  onDone(0)
  for (let at = 0; at < photographs.length; at += batchSize) {
    const batch = photographs.slice(at, at + batchSize)
    const items = await readBatch(context, queue, batch, () => onDone(++done))
    try {
      commitBatch(context, items)
    } catch (error) {
      for (const staged of stagedFiles(items)) context.workspace.blobs.discard(staged)
      throw error
    }
  }
}

function countsOf({ workspace, dataset }: ImportContext): Pick<ImportReport, 'masks' | 'unlabeled'> {
  return (
    workspace.db.get(
      z.object({ masks: z.int(), unlabeled: z.int() }),
      `SELECT count(mask_sha256) AS masks, count(CASE label WHEN 'unlabeled' THEN 1 END) AS unlabeled
       FROM image WHERE dataset_id = $id AND removed_at IS NULL`,
      { id: dataset.id },
    ) ?? { masks: 0, unlabeled: 0 }
  )
}

function noteMissingNormals({ workspace, dataset, notes }: ImportContext): void {
  const normal = workspace.db.get(
    z.object({}),
    `SELECT 1 FROM image WHERE dataset_id = $id AND label = 'normal' AND removed_at IS NULL LIMIT 1`,
    { id: dataset.id },
  )
  if (normal) return
  notes.warnings.push({ file: '.', ...message('no-normal') })
}
