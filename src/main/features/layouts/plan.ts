/** The plan of an import: what every file of a folder is taken for. Reads the folder and writes nothing. */
import { Failure } from '../../../shared/failure.ts'
import type { Label, Layout, Split } from '../../../shared/image.ts'
import type { GivenCorrection } from '../../../shared/import.ts'
import type { ImportPlan, PlannedLabel, PlannedPhotograph } from '../../../shared/import-plan.ts'
import { message } from '../../../shared/messages/message.ts'
import type { SampleRange } from '../../../shared/sample-range.ts'
import { annotationFormat } from './documents.ts'
import { fileFinder } from './file-finder.ts'
import { findMasks, folderOf, segmentsOf } from './find-masks.ts'
import { type FolderMeaning, hasTypedSplits } from './folder-meaning.ts'
import { plain } from './folder-names.ts'
import { splitOfFolder } from './folder-roles.ts'
import { recognise } from './known/index.ts'
import { foldersOf, type Listing, listFolder, requireOneDataset } from './listing.ts'
import { partsOf } from './part-views.ts'
import { pictureFacts } from './picture-facts.ts'
import { masksByPhotograph } from './plan-masks.ts'
import { folderMeanings, labelSaid, planPhotograph, type Said, splitSaid } from './plan-photographs.ts'
import { emptyIsGood, readYoloLists, type YoloReading, yoloLabels } from './plan-yolo.ts'
import { notUsed, readTables, resolvedRows } from './read-tables.ts'
import type { TableRow } from './table.ts'
import { unnamedClasses } from './unnamed-classes.ts'
import type { LeftOut } from './walk.ts'
import { wideAmong } from './wide-photographs.ts'

export interface PlanOptions {
  layout?: Layout | 'auto' | undefined
  followLinks?: boolean | undefined
  /** What photographs are of which nothing says it. */
  unlabeledAs?: Label | undefined
  /** What a person says of folders; each counts for the files in that folder itself. */
  corrections?: readonly GivenCorrection[] | undefined
  /** Which values are black and white in photographs of floating point or 32 bits. */
  range?: SampleRange | null | undefined
  signal?: AbortSignal | undefined
}

type Notes = ImportPlan['notes']

/**
 * Plans the import of a folder.
 * @throws Failure `folder-unreadable`, `folder-empty`, `layout-mismatch`, `several-datasets`, `import-cancelled`
 */
export async function planFolder(folder: string, options: PlanOptions = {}): Promise<ImportPlan> {
  const { layout: asked = 'auto', followLinks = false, unlabeledAs = 'unlabeled', signal } = options
  const corrections = new Map((options.corrections ?? []).map((correction) => [correction.path, correction]))
  const listing = await listFolder(folder, { followLinks, signal })
  const { root } = listing
  const files = [...listing.pictures, ...listing.documents.map(({ file }) => file), ...listing.tables]
  const folders = foldersOf(files)
  const typed = asked !== 'flat' && hasTypedSplits(folders)
  if (asked === 'mvtec' && !typed) throw new Failure('layout-mismatch', { folder: root })
  if (asked === 'auto' && !typed) requireOneDataset(root, folders)

  // One folder called "test" beside others is no split of the data set: two of them are.
  const splits = new Set(
    folders.flatMap((path) => path.split('/').map(splitOfFolder)).filter((split) => split !== null),
  )
  const useSplits = asked !== 'flat' && (typed || splits.size > 1)

  const facts = pictureFacts(root)
  const pictures = withoutSkipped(listing.pictures, corrections)
  const found = await findMasks(pictures, facts, saidOf(corrections))
  const notes: Notes = []
  const tables = await readTables(listing, notes)
  const lists = await readYoloLists(listing, notes)
  const told = [...tables, ...lists.rows]
  const rows =
    told.length === 0 ? new Map<string, TableRow>() : resolvedRows(told, fileFinder(listing.pictures), notes)

  // A mask that a table names belongs to the photograph that it names beside it.
  const inTables = new Set([...rows.values()].flatMap(({ masks }) => masks))
  const photographs = found.photographs.filter((file) => !inTables.has(file))
  const { meanings, meaning } = folderMeanings(typed, useSplits)
  const said: Said = { corrections, rows, meaning }
  const masksOf = await masksByPhotograph({ found, photographs, inTables, said, facts, notes })

  const documents = listing.documents.filter(({ file }) => corrections.get(folderOf(file))?.skip !== true)
  const known = recognise({
    folders: folders.map((path) => path.split('/').map(plain).join('/')),
    hasTypedSplits: typed,
    masksBeside: found.beside.length,
    masksOfSameName: found.sameName,
    maskFolders: [...masksOf].filter(([file, masks]) => masks.some((mask) => isInOwnFolder(mask, file)))
      .length,
    photographs: photographs.length,
    documents: new Set(documents.map(({ kind }) => kind)),
    hasTable: tables.length > 0,
  })
  const annotated = documents.some(({ kind }) => annotationFormat(kind) !== null)

  if (options.range == null) {
    const wide = await wideAmong(root, photographs)
    if (wide !== null) notes.push({ file: wide.file, ...message('sample-range-needed', { ...wide.seen }) })
  }
  const parts = partsOf(photographs)
  const [example] = parts.keys()
  if (example !== undefined) {
    const params = { views: parts.size, parts: new Set(parts.values()).size, example }
    notes.push({ file: '.', ...message('part-views', params) })
  }
  const splitOf = (file: string): Split | null => splitSaid(said, file)
  const yolo = yoloLabels(listing, photographs)
  const areGood = emptyIsGood(
    yolo,
    photographs.map((file) => ({ file, split: splitOf(file), isTold: labelSaid(said, file) !== null })),
    notes,
  )
  /** What a photograph is of which only its masks, its labels or the layout say it. */
  const unsaid = (file: string, hasMasks: boolean): PlannedLabel => {
    if (hasMasks) return 'from-mask'
    // What is drawn on it says it after the import.
    if (yolo.labelled.has(file)) return 'unlabeled'
    if (areGood && yolo.empty.has(file)) return 'normal'
    return known.unmasked ?? unlabeledAs
  }
  const planned = photographs.map((file) => {
    const masks = [...new Set([...(rows.get(file)?.masks ?? []), ...(masksOf.get(file) ?? [])])]
    const photograph = { file, masks, part: parts.get(file) ?? null, maskLike: found.notLookedAt.has(file) }
    return planPhotograph(photograph, said, {
      unsaid: () => unsaid(file, masks.length > 0),
      annotated,
      notes,
    })
  })
  noteUnclear(planned, meanings, corrections, notes)
  const allMasks = planned.flatMap(({ masks }) => masks)
  const hasMasks = allMasks.length > 0
  const unnamed = listing.classLists.length > 0 ? null : await unnamedClasses(root, allMasks)
  if (unnamed !== null) notes.push(unnamed)
  const hasSplits =
    asked !== 'flat' &&
    photographs.some((file) => splitOf(file) === 'test') &&
    photographs.some((file) => splitOf(file) === 'train')
  if (asked !== 'flat') sortBySplit(planned, splitOf)
  return {
    format: 'fanoscope-import-plan',
    version: 1,
    folder: root,
    layout: typed || hasSplits ? 'mvtec' : 'flat',
    recognized: known.name,
    photographs: planned,
    documents: documents.flatMap(({ file, kind }) => {
      const format = annotationFormat(kind)
      return format === null ? [] : [{ file, format }]
    }),
    range: options.range ?? null,
    classLists: [...new Set([...(hasMasks ? listing.classLists : []), ...lists.classLists])],
    leftOut: [
      ...leftOutOf(listing, lists, hasMasks),
      ...found.ofInstances.map((file): LeftOut => ({ file, code: 'mask-of-instances', params: {} })),
      ...notUsed(documents, tables),
    ],
    notes,
    passedOver: listing.passedOver,
  }
}

function leftOutOf(listing: Listing, lists: YoloReading, hasMasks: boolean): LeftOut[] {
  // Without masks a list of their classes is a file like any other.
  const idle = hasMasks ? [] : listing.classLists.filter((file) => !listing.yolo.lists.includes(file))
  return [
    ...listing.leftOut.filter(({ file }) => !lists.used.has(file)),
    ...idle.map((file): LeftOut => ({ file, code: 'not-an-image', params: {} })),
    ...lists.leftOut,
  ]
}

function withoutSkipped(
  pictures: readonly string[],
  corrections: ReadonlyMap<string, GivenCorrection>,
): string[] {
  const kept = pictures.filter((file) => corrections.get(folderOf(file))?.skip !== true)
  if (kept.length > 0 || pictures.length === 0) return kept
  throw new Failure('folder-empty', { case: 'all-left-out' })
}

function saidOf(corrections: ReadonlyMap<string, GivenCorrection>) {
  const of = (holds: GivenCorrection['holds']): Set<string> =>
    new Set([...corrections.values()].filter((said) => said.holds === holds).map(({ path }) => path))
  return { masks: of('masks'), photographs: of('photographs') }
}

/** Whether a mask lies in a folder that is called as its photograph is. */
function isInOwnFolder(mask: string, photograph: string): boolean {
  const folder = segmentsOf(folderOf(mask)).at(-1)
  const name = photograph.slice(photograph.lastIndexOf('/') + 1)
  return folder !== undefined && name.replace(/\.[^.]*$/, '') === folder
}

function noteUnclear(
  planned: readonly PlannedPhotograph[],
  meanings: ReadonlyMap<string, FolderMeaning>,
  corrections: ReadonlyMap<string, GivenCorrection>,
  notes: Notes,
): void {
  const counts = new Map<string, number>()
  for (const { file, label } of planned) {
    if (label === 'unlabeled') counts.set(folderOf(file), (counts.get(folderOf(file)) ?? 0) + 1)
  }
  for (const [folder, count] of counts) {
    const name = meanings.get(folder)?.unclear ?? null
    if (name === null || corrections.has(folder)) continue
    notes.push({ file: folder, ...message('folder-unclear', { name, count }) })
  }
}

/** The order of splits; photographs without one come last. */
const order: Record<Split, number> = { train: 0, validation: 1, test: 2, live: 3 }
const unplaced = 4

/** Of the same bytes in several splits the first is kept. The sort is stable: within a split the order stays. */
function sortBySplit(planned: PlannedPhotograph[], splitOf: (file: string) => Split | null): void {
  const place = new Map(
    planned.map(({ file }) => {
      const split = splitOf(file)
      return [file, split === null ? unplaced : order[split]]
    }),
  )
  planned.sort((a, b) => (place.get(a.file) ?? unplaced) - (place.get(b.file) ?? unplaced))
}
