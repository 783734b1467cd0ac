/** The plan of an import: what every file of a folder is taken for. Reads the folder and writes nothing. */
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '../../../shared/failure.ts'
import type { Label, Layout, Split } from '../../../shared/image.ts'
import type { GivenCorrection } from '../../../shared/import.ts'
import {
  annotationFormatSchema,
  type ImportPlan,
  type PlannedLabel,
  type PlannedPhotograph,
} from '../../../shared/import-plan.ts'
import { inside, message } from '../../../shared/messages/message.ts'
import type { SampleRange } from '../../../shared/sample-range.ts'
import { parseDocument } from '../../platform/read-document.ts'
import { parseXml } from '../../platform/xml.ts'
import { labelsOfCvat, labelsOfLabelStudio } from './classified.ts'
import type { DocumentKind } from './documents.ts'
import { type FindFile, fileFinder } from './file-finder.ts'
import { findMasks, folderOf } from './find-masks.ts'
import { type FolderMeaning, hasTypedSplits, meaningOf, placedMask, typeOfFolder } from './folder-meaning.ts'
import { plain } from './folder-names.ts'
import { splitOfFolder } from './folder-roles.ts'
import { recognise } from './known/index.ts'
import { foldersOf, type Listing, listFolder, requireOneDataset } from './listing.ts'
import { matchMasks, type Placed, type PlacedPhotograph } from './match-masks.ts'
import { partsOf } from './part-views.ts'
import { pictureFacts } from './picture-facts.ts'
import { readRealIad, readTable, type TableRow } from './table.ts'
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

const segmentsOf = (folder: string): string[] => (folder === '.' ? [] : folder.split('/'))

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
  const rows =
    tables.length === 0
      ? new Map<string, TableRow>()
      : resolvedRows(tables, fileFinder(listing.pictures), notes)

  // A mask that a table names belongs to the photograph that it names beside it.
  const inTables = new Set([...rows.values()].flatMap(({ masks }) => masks))
  const photographs = found.photographs.filter((file) => !inTables.has(file))
  const meanings = new Map<string, FolderMeaning>()
  const meaning = (file: string): FolderMeaning => {
    const path = folderOf(file)
    const known = meanings.get(path)
    if (known) return known
    const made = meaningOf(segmentsOf(path), typed, useSplits)
    meanings.set(path, made)
    return made
  }
  const labelOf = (file: string): PlannedLabel | null =>
    corrections.get(folderOf(file))?.label ?? rows.get(file)?.label ?? meaning(file).label

  const matches = await matchMasks(
    found.open
      .filter(({ file }) => !inTables.has(file))
      .map(({ file, folder }): Placed => ({ file, ...placedMask(segmentsOf(folderOf(file)), folder) })),
    photographs.map((file): PlacedPhotograph => {
      const { split, place } = meaning(file)
      return { file, split: rows.get(file)?.split ?? split, place, isNormal: labelOf(file) === 'normal' }
    }),
    facts.sizeOf,
  )
  const masksOf = matches.masksOf
  for (const { mask, photograph } of found.beside) {
    if (inTables.has(mask)) continue
    masksOf.set(photograph, [...(masksOf.get(photograph) ?? []), mask])
  }
  for (const mask of matches.alone) notes.push({ file: mask, ...message('mask-alone') })
  for (const { mask, candidates } of matches.ambiguous) {
    notes.push({ file: mask, ...message('mask-ambiguous', { files: candidates.slice(0, 8) }) })
  }
  for (const { mask, photograph } of matches.guessed) {
    notes.push({ file: mask, ...message('mask-guessed', { file: photograph }) })
  }

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
  const planned = photographs.map((file): PlannedPhotograph => {
    const { split, defectType } = meaning(file)
    const row = rows.get(file)
    const masks = [...new Set([...(row?.masks ?? []), ...(masksOf.get(file) ?? [])])]
    const base = { file, masks, part: parts.get(file) ?? null, maskLike: found.notLookedAt.has(file) }
    const correction = corrections.get(folderOf(file))
    if (correction) {
      const unknown = correction.label === 'unlabeled'
      return {
        ...base,
        label: correction.label,
        split: unknown ? (correction.split ?? 'test') : correction.split,
        defectType: correction.label === 'normal' || unknown ? null : correction.defectType,
      }
    }
    const told = toldLabel(file, meaning(file).label, row, notes)
    const label =
      told ?? (masks.length > 0 ? 'from-mask' : known.unmasked !== undefined ? known.unmasked : unlabeledAs)
    const type = row?.defectType ?? (label === 'anomalous' ? defectType : null)
    return {
      ...base,
      label,
      split: plannedSplit(row?.split ?? split, label, annotated),
      defectType: label === 'anomalous' && type !== null ? typeOfFolder(type) : null,
    }
  })
  noteUnclear(planned, meanings, corrections, notes)
  const hasMasks = planned.some(({ masks }) => masks.length > 0)
  const hasSplits =
    asked !== 'flat' &&
    photographs.some((file) => (rows.get(file)?.split ?? meaning(file).split) === 'test') &&
    photographs.some((file) => (rows.get(file)?.split ?? meaning(file).split) === 'train')
  if (asked !== 'flat') sortBySplit(planned, (file) => rows.get(file)?.split ?? meaning(file).split)
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
    classLists: hasMasks ? listing.classLists : [],
    leftOut: [
      ...listing.leftOut,
      // Without masks it is a file like any other.
      ...(hasMasks ? [] : listing.classLists).map(
        (file): LeftOut => ({ file, code: 'not-an-image', params: {} }),
      ),
      ...found.ofInstances.map((file): LeftOut => ({ file, code: 'mask-of-instances', params: {} })),
      ...notUsed(documents, tables),
    ],
    notes,
    passedOver: listing.passedOver,
  }
}

const annotationFormat = (kind: DocumentKind) => annotationFormatSchema.safeParse(kind).data ?? null

/** Documents and tables from which nothing is read. */
function notUsed(documents: Listing['documents'], tables: readonly ReadTable[]): LeftOut[] {
  const isRead = (kind: DocumentKind): boolean => kind === 'real-iad' || annotationFormat(kind) !== null
  const unread = [
    ...documents.flatMap(({ file, kind }) => (isRead(kind) ? [] : [{ file, kind }])),
    ...tables.flatMap(({ file, rows }) => (rows === null ? [{ file, kind: 'table' }] : [])),
  ]
  return unread.map(
    ({ file, kind }): LeftOut => ({ file, code: 'document-not-used', params: { case: kind } }),
  )
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

interface ReadTable {
  file: string
  /** Null where it is no table of photographs. */
  rows: TableRow[] | null
}

/** Reads the tables and the documents that give labels; one that cannot be read is left out. */
async function readTables(
  { root, pictures, tables, documents }: Listing,
  notes: Notes,
): Promise<ReadTable[]> {
  const read: ReadTable[] = []
  const find = fileFinder(tables.length === 0 ? [] : pictures)
  for (const file of tables) {
    const rows = await readTable(join(root, file), (named) => find(named, folderOf(file)) !== null)
    read.push({ file, rows })
  }
  for (const { file, kind } of documents) {
    try {
      const rows = await readLabels(join(root, file), kind)
      if (rows !== null && rows.length > 0) read.push({ file, rows })
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      notes.push({ file, ...message('list-unreadable', { reason: error.message }) })
    }
  }
  return read
}

/** A larger document holds shapes, which are read when it is imported. */
const mostBytes = 400e6

/** The labels of whole photographs that a document gives. @throws SyntaxError */
async function readLabels(path: string, kind: DocumentKind): Promise<TableRow[] | null> {
  if (kind !== 'real-iad' && kind !== 'label-studio' && kind !== 'cvat') return null
  if ((await stat(path)).size > mostBytes) return null
  const bytes = await readFile(path)
  if (kind === 'cvat') return labelsOfCvat(parseXml(bytes))
  const { value } = parseDocument(bytes)
  return kind === 'real-iad' ? readRealIad(value) : labelsOfLabelStudio(value)
}

/** What tables say of each photograph, by its file. */
function resolvedRows(tables: readonly ReadTable[], find: FindFile, notes: Notes): Map<string, TableRow> {
  const rows = new Map<string, TableRow>()
  const contradicted = new Set<string>()
  for (const { file: table, rows: read } of tables) {
    const from = folderOf(table)
    const missing: string[] = []
    const likely: string[] = []
    const unclear = new Map<string, number>()
    for (const row of read ?? []) {
      const found = find(row.file, from)
      if (found === null) {
        missing.push(row.file)
        continue
      }
      const { file } = found
      if (found.isLikely) likely.push(file)
      const masks: string[] = []
      for (const named of row.masks) {
        const mask = find(named, from)
        if (mask === null) missing.push(named)
        else if (mask.file !== file) masks.push(mask.file)
      }
      if (row.unclear !== null) unclear.set(row.unclear, (unclear.get(row.unclear) ?? 0) + 1)
      const earlier = rows.get(file)
      if (earlier && !agree(earlier, row)) contradicted.add(file)
      rows.set(file, bothRows(earlier, { ...row, masks }))
    }
    if (missing.length > 0) {
      const names = [...new Set(missing)]
      const params = { count: names.length, names: names.slice(0, 5) }
      notes.push({ file: table, ...message('table-without-file', params) })
    }
    if (likely.length > 0) {
      const files = [...new Set(likely)]
      const params = { count: files.length, names: files.slice(0, 5) }
      notes.push({ file: table, ...message('table-likely-files', params) })
    }
    for (const [value, count] of [...unclear].slice(0, 20)) {
      notes.push({ file: table, ...message('table-unclear', { value, count }) })
    }
  }
  for (const file of contradicted) {
    const row = rows.get(file)
    if (row) rows.set(file, { ...row, label: 'unlabeled', defectType: null })
    notes.push({ file, ...message('table-contradicts', { case: 'rows' }) })
  }
  return rows
}

const agree = (a: TableRow, b: TableRow): boolean =>
  (a.label === null || b.label === null || a.label === b.label) &&
  (a.split === null || b.split === null || a.split === b.split)

/** A photograph may have a row for each of its defects, and be in more than one table. */
const bothRows = (earlier: TableRow | undefined, row: TableRow): TableRow =>
  earlier === undefined
    ? row
    : {
        ...row,
        label: earlier.label ?? row.label,
        defectType: earlier.defectType ?? row.defectType,
        split: earlier.split ?? row.split,
        masks: [...earlier.masks, ...row.masks],
      }

/** What folder and table say of a photograph together; null where they say nothing, or the opposite. */
function toldLabel(
  file: string,
  byFolder: Exclude<Label, 'unlabeled'> | null,
  row: TableRow | undefined,
  notes: Notes,
): Label | null {
  const byTable = row?.label ?? null
  // Its rows contradict each other, which is said already.
  if (byTable === 'unlabeled') return byTable
  if (byTable === null || byFolder === null || byTable === byFolder) return byTable ?? byFolder
  const params = {
    folder: inside('label', message(byFolder)),
    table: inside('label', message(byTable)),
  }
  notes.push({ file, ...message('table-contradicts', params) })
  return 'unlabeled'
}

/** Training sees good parts only, whatever else lies in its folder; where nothing is known, nothing is measured. */
function plannedSplit(split: Split | null, label: PlannedLabel, annotated: boolean): Split | null {
  if (label === 'unlabeled') return annotated && split !== 'test' ? null : 'test'
  if (split !== 'train') return split
  // Good training photographs give some to validation; what a mask says is known when it is read.
  return label === 'normal' ? null : label === 'from-mask' ? 'train' : 'validation'
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

const order: Record<Split, number> = { train: 0, validation: 1, test: 2 }

/** Of the same bytes in several splits the first is kept. The sort is stable: within a split the order stays. */
function sortBySplit(planned: PlannedPhotograph[], splitOf: (file: string) => Split | null): void {
  const place = new Map(
    planned.map(({ file }) => {
      const split = splitOf(file)
      return [file, split === null ? 3 : order[split]]
    }),
  )
  planned.sort((a, b) => (place.get(a.file) ?? 3) - (place.get(b.file) ?? 3))
}
