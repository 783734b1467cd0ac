/**
 * What the files of YOLO say of whole photographs: their splits, and where a file without a line means that a part is
 * good. Programs write such a file for a part without a defect and for one that nobody has looked at. In a data set
 * that is ready for training, with splits and a file of labels for every photograph, it is likely the first; else
 * nothing tells.
 */
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Split } from '../../../shared/image.ts'
import type { ImportPlan } from '../../../shared/import-plan.ts'
import { message } from '../../../shared/messages/message.ts'
import { decodeText } from '../../platform/read-document.ts'
import { isSystemError } from '../../platform/system-error.ts'
import { type FindFile, fileFinder } from './file-finder.ts'
import { folderOf } from './find-masks.ts'
import type { Listing } from './listing.ts'
import type { TableRow } from './table.ts'
import type { LeftOut } from './walk.ts'
import { placeFinder } from './yolo-files.ts'
import { readYoloList, type YoloList } from './yolo-lists.ts'

type Notes = ImportPlan['notes']

export interface YoloReading {
  /** Splits of photographs, by list, as those of tables. */
  rows: { file: string; rows: TableRow[] }[]
  /** Lists that name classes. */
  classLists: string[]
  /** Files that look like lists and say nothing. */
  leftOut: LeftOut[]
  /** Texts with the names of photographs that a list names. */
  used: Set<string>
}

/** A list is short; a text with the names of all photographs is not. */
const mostBytes = 100e6

export async function readYoloLists({ root, yolo, pictures }: Listing, notes: Notes): Promise<YoloReading> {
  const reading: YoloReading = { rows: [], classLists: [], leftOut: [], used: new Set() }
  const findText = fileFinder(yolo.texts)
  const findPicture = fileFinder(yolo.lists.length === 0 ? [] : pictures)
  for (const file of yolo.lists) {
    const list = await listIn(root, file, notes)
    if (list === null) continue
    const { names, splits } = list
    if (names.size > 0) reading.classLists.push(file)
    else if (splits.length === 0) reading.leftOut.push({ file, code: 'not-an-image', params: {} })
    const named: { split: Split; file: string }[] = []
    for (const { split, path } of splits) {
      const text = /\.txt$/i.test(path) ? findText(path, folderOf(file)) : null
      if (text !== null) reading.used.add(text.file)
      const found = text === null ? photographsAt(file, path, pictures) : await namesIn(join(root, text.file))
      named.push(...found.map((photograph) => ({ split, file: photograph })))
    }
    const rows = rowsOfSplits(file, named, findPicture, notes)
    if (rows.length > 0) reading.rows.push({ file, rows })
  }
  return reading
}

async function listIn(root: string, file: string, notes: Notes): Promise<YoloList | null> {
  try {
    if ((await stat(join(root, file))).size > mostBytes) throw new SyntaxError('it is too large')
    return readYoloList(file, await readFile(join(root, file)))
  } catch (error) {
    if (!(error instanceof SyntaxError || isSystemError(error))) throw error
    notes.push({ file, ...message('list-unreadable', { reason: error.message }) })
    return null
  }
}

/** The photographs below a folder that a list names; the name itself where none is found. */
function photographsAt(list: string, named: string, pictures: readonly string[]): string[] {
  const folder = /\.txt$/i.test(named) ? null : folderMeant(named, folderOf(list), pictures)
  if (folder === null) return [named]
  return pictures.filter((picture) => folder === '' || picture.startsWith(`${folder}/`))
}

/** The names of photographs in a text, one in each line. */
async function namesIn(path: string): Promise<string[]> {
  const { text } = decodeText(await readFile(path))
  return text.split(/\r?\n/).filter((name) => name.trim() !== '')
}

const partsOf = (path: string): string[] =>
  path
    .split(/[/\\]/)
    .filter((part) => part !== '' && part !== '.' && part !== '..' && !/^[a-z]:$/i.test(part))

/** The folder of photographs that a path of another machine ends in; null where none is, or more than one may be. */
function folderMeant(named: string, from: string, pictures: readonly string[]): string | null {
  const wanted = partsOf(named)
  const folders = new Set<string>()
  for (const picture of pictures) {
    const parts = picture.split('/').slice(0, -1)
    for (let count = 0; count <= parts.length; count += 1) folders.add(parts.slice(0, count).join('/'))
  }
  const near = from === '.' ? [] : from.split('/')
  for (let skipped = 0; skipped <= wanted.length; skipped += 1) {
    const rest = wanted.slice(skipped)
    for (let depth = near.length; depth >= 0; depth -= 1) {
      const path = [...near.slice(0, depth), ...rest].join('/')
      if (rest.length > 0 && folders.has(path)) return path
    }
  }
  return null
}

/**
 * A photograph that a list has in two splits keeps the one that its folder says. Its texts may name one photograph by
 * several paths.
 */
function rowsOfSplits(
  list: string,
  named: readonly { split: Split; file: string }[],
  find: FindFile,
  notes: Notes,
): TableRow[] {
  const known = new Map<string, { split: Split; file: string }>()
  const several = new Set<string>()
  for (const { split, file } of named) {
    const photograph = find(file, folderOf(list))?.file ?? file
    const earlier = known.get(photograph)
    if (earlier === undefined) known.set(photograph, { split, file })
    else if (earlier.split !== split) several.add(photograph)
  }
  if (several.size > 0) {
    const params = { count: several.size, names: [...several].slice(0, 5) }
    notes.push({ file: list, ...message('yolo-splits', params) })
  }
  return [...known].flatMap(([photograph, { file, split }]) =>
    several.has(photograph) ? [] : [{ file, split, label: null, defectType: null, masks: [], unclear: null }],
  )
}

/** Which photographs have labels, and which have a file without a line. */
export interface YoloLabels {
  labelled: ReadonlySet<string>
  empty: ReadonlySet<string>
}

export function yoloLabels(
  { documents, yolo }: Pick<Listing, 'documents' | 'yolo'>,
  photographs: readonly string[],
): YoloLabels {
  const labels = documents.flatMap(({ file, kind }) => (kind === 'yolo' ? [file] : []))
  if (labels.length === 0) return { labelled: new Set(), empty: new Set() }
  const find = placeFinder(photographs, (file) => file)
  const ofFiles = (files: readonly string[]): Set<string> =>
    new Set(files.flatMap((file) => find(file) ?? []))
  return { labelled: ofFiles(labels), empty: ofFiles(yolo.empty) }
}

/** Whether photographs with an empty file of labels are good; it is said either way. */
export function emptyIsGood(
  { labelled, empty }: YoloLabels,
  photographs: readonly { file: string; split: Split | null; isTold: boolean }[],
  notes: Notes,
): boolean {
  const open = photographs.filter(({ file, isTold }) => !isTold && empty.has(file))
  const [first] = open
  if (first === undefined) return false
  const isReady =
    new Set(photographs.map(({ split }) => split)).size > 1 &&
    photographs.every(
      ({ file, split, isTold }) => isTold || (split !== null && (labelled.has(file) || empty.has(file))),
    )
  const params = { count: open.length, names: open.slice(0, 5).map(({ file }) => file) }
  notes.push({
    file: '.',
    ...(isReady ? message('yolo-empty', { case: 'good', ...params }) : message('yolo-empty', params)),
  })
  return isReady
}
