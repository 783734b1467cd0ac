/** The tables of a folder, and the documents that give labels to whole photographs, as rows for its photographs. */
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ImportPlan } from '../../../shared/import-plan.ts'
import { message } from '../../../shared/messages/message.ts'
import { parseDocument } from '../../platform/read-document.ts'
import { isSystemError } from '../../platform/system-error.ts'
import { parseXml } from '../../platform/xml.ts'
import { labelsOfCvat, labelsOfLabelStudio } from './classified.ts'
import { annotationFormat, type DocumentKind } from './documents.ts'
import { type FindFile, fileFinder } from './file-finder.ts'
import { folderOf } from './find-masks.ts'
import type { Listing } from './listing.ts'
import { readRealIad, readTable, type TableRow } from './table.ts'
import type { LeftOut } from './walk.ts'

type Notes = ImportPlan['notes']

interface ReadTable {
  file: string
  /** Null where it is no table of photographs. */
  rows: TableRow[] | null
}

/** Reads the tables and the documents that give labels; one that cannot be read is left out. */
export async function readTables(
  { root, pictures, tables, documents }: Listing,
  notes: Notes,
): Promise<ReadTable[]> {
  const read: ReadTable[] = []
  const find = fileFinder(tables.length === 0 ? [] : pictures)
  for (const file of tables) {
    try {
      const rows = await readTable(join(root, file), (named) => find(named, folderOf(file)) !== null)
      read.push({ file, rows })
    } catch (error) {
      noteUnread(file, error, notes)
    }
  }
  for (const { file, kind } of documents) {
    try {
      const rows = await readLabels(join(root, file), kind)
      if (rows === 'too-large') {
        notes.push({ file, ...message('labels-too-large', { megabytes: mostBytes / 1e6 }) })
      } else if (rows !== null && rows.length > 0) read.push({ file, rows })
    } catch (error) {
      noteUnread(file, error, notes)
    }
  }
  return read
}

/** A list or document that is broken, or that the disk does not give, costs itself alone. */
function noteUnread(file: string, error: unknown, notes: Notes): void {
  if (!(error instanceof SyntaxError || isSystemError(error))) throw error
  notes.push({ file, ...message('list-unreadable', { reason: error.message }) })
}

/** Of a larger document the labels are not read; its shapes are, when it is imported. */
const mostBytes = 400e6

/** The labels of whole photographs that a document gives. @throws SyntaxError */
async function readLabels(path: string, kind: DocumentKind): Promise<TableRow[] | 'too-large' | null> {
  if (kind !== 'real-iad' && kind !== 'label-studio' && kind !== 'cvat') return null
  if ((await stat(path)).size > mostBytes) return 'too-large'
  const bytes = await readFile(path)
  if (kind === 'cvat') return labelsOfCvat(parseXml(bytes))
  const { value } = parseDocument(bytes)
  return kind === 'real-iad' ? readRealIad(value) : labelsOfLabelStudio(value)
}

/** What tables say of each photograph, by its file. */
export function resolvedRows(
  tables: readonly ReadTable[],
  find: FindFile,
  notes: Notes,
): Map<string, TableRow> {
  const rows = new Map<string, TableRow>()
  const contradicted = new Set<string>()
  const inSeveralSplits = new Set<string>()
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
        else if (mask.file !== file) {
          masks.push(mask.file)
          if (mask.isLikely) likely.push(mask.file)
        }
      }
      if (row.unclear !== null) unclear.set(row.unclear, (unclear.get(row.unclear) ?? 0) + 1)
      const earlier = rows.get(file)
      if (earlier && differ(earlier.label, row.label)) contradicted.add(file)
      if (earlier && differ(earlier.split, row.split)) inSeveralSplits.add(file)
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
  for (const file of new Set([...contradicted, ...inSeveralSplits])) {
    const row = rows.get(file)
    const split = inSeveralSplits.has(file) ? null : row?.split
    if (row) rows.set(file, { ...row, label: 'unlabeled', defectType: null, split: split ?? null })
    notes.push({ file, ...message('table-contradicts', { case: 'rows' }) })
  }
  return rows
}

const differ = (a: string | null, b: string | null): boolean => a !== null && b !== null && a !== b

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

/** Documents and tables from which nothing is read. */
export function notUsed(documents: Listing['documents'], tables: readonly ReadTable[]): LeftOut[] {
  const isRead = (kind: DocumentKind): boolean => kind === 'real-iad' || annotationFormat(kind) !== null
  const unread = [
    ...documents.flatMap(({ file, kind }) => (isRead(kind) ? [] : [{ file, kind }])),
    ...tables.flatMap(({ file, rows }) => (rows === null ? [{ file, kind: 'table' }] : [])),
  ]
  return unread.map(
    ({ file, kind }): LeftOut => ({ file, code: 'document-not-used', params: { case: kind } }),
  )
}
