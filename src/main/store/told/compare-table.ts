/** Compares the rows of a table with what the audit tells of them. */
import { z } from 'zod'
import { inside, type Message, message, type Param } from '../../../shared/messages/message.ts'
import type { Database } from '../database.ts'
import type { Begin } from './begin-telling.ts'
import type { ExpectedCell, ExpectedCells, ExpectedRow, ExpectedRows } from './expected-rows.ts'
import { rowWords } from './row-words.ts'
import { settingText } from './setting-text.ts'
import { keyText, type ToldCell, toldCell, toldColumns } from './stored-rows.ts'
import { asFromTheLine, type ToldTable } from './told-tables.ts'

export interface Told {
  expected: ExpectedRows
  /** What there was when the audit began to tell; null where it does not tell yet. */
  begin: Begin | null
  /** Whether the next row of the audit tells of the row. */
  isWaiting(part: string): boolean
}

export interface Difference {
  /** The key of the row, as `keyText` gives it. */
  part: string
  how: Message
}

/** Of any table; each value is looked at when it is compared. */
const storedRow = z.custom<Readonly<Record<string, unknown>>>(
  (row) => typeof row === 'object' && row !== null,
)

/** @param counts of rows that the audit tells of, and of those that it does not; the table's are added */
export function* differencesOf(
  db: Database,
  table: ToldTable,
  told: Told,
  counts: { told: number; untold: number },
): Generator<Difference> {
  const { name, key } = table
  const { expected, begin } = told
  const columns = [...key, ...toldColumns(table)].map((column) => `"${column}"`).join(', ')
  let unknown = 0
  for (const row of db.iterate(storedRow, `SELECT ${columns}, ${ofTheLine(table)} AS line FROM "${name}"`)) {
    const part = keyText(key.map((column) => row[column]))
    const known = expected.find(name, part)
    if (known !== undefined) expected.drop(name, part)
    if (known?.state === 'gone') {
      yield { part, how: message('told-back', { what: rowWords(name, part), row: known.audit }) }
      continue
    }
    if (known?.state === 'whole') counts.told += 1
    else if (row.line === 0 && isNotTold(table, part, told)) {
      counts.untold += 1
      if (isTooNew(table, row, begin)) {
        yield { part, how: message('told-unknown', { what: rowWords(name, part) }) }
      } else unknown += 1
    }
    const cells = { ...(isNewOfTheLine(table, row, known, begin) ? cameFromTheLine : {}), ...known?.cells }
    yield* cellDifferences(table, part, row, cells)
  }
  for (const { part, audit } of expected.rest(name)) {
    yield { part, how: message('told-missing', { what: rowWords(name, part), row: audit }) }
  }
  const known = begin?.rows[name] ?? 0
  if (begin?.rows[name] !== undefined && unknown > known) {
    yield {
      part: '[]',
      how: message('told-surplus', { table: name, count: unknown, known }),
    }
  }
}

/** SQL: whether the audit tells of the row only what was changed since the line added it. */
function ofTheLine({ name }: ToldTable): string {
  if (name === 'image') {
    return "(split = 'live' OR EXISTS (SELECT 1 FROM live_part WHERE live_part.image_id = image.id))"
  }
  if (name === 'score') return 'EXISTS (SELECT 1 FROM live_part WHERE live_part.image_id = score.image_id)'
  return '0'
}

const isNotTold = ({ addedIf }: ToldTable, part: string, { isWaiting }: Told): boolean =>
  addedIf !== 'false' && !isWaiting(part)

/** Whether it was added after the audit began to tell of such rows. */
function isTooNew({ name }: ToldTable, row: z.output<typeof storedRow>, begin: Begin | null): boolean {
  if (begin === null) return false
  const last = begin.last[name]
  // Of a new workspace, all is told; of an older one, all that was numbered later.
  if (last === undefined) return begin.rows[name] === undefined
  return typeof row.id === 'number' && row.id > last
}

/** Of what the line added, the audit tells only what was changed since. */
const lineCells: ReadonlyMap<string, ToldCell> = new Map(Object.entries(asFromTheLine))
const fromTheLine = 0
const cameFromTheLine: ExpectedCells = Object.fromEntries(
  [...lineCells].map(([column, cell]): [string, readonly [number, ToldCell]] => [
    column,
    [fromTheLine, cell],
  ]),
)

const isNewOfTheLine = (
  { name }: ToldTable,
  { line, id }: z.output<typeof storedRow>,
  known: ExpectedRow | undefined,
  begin: Begin | null,
): boolean =>
  name === 'image' &&
  line === 1 &&
  known?.state !== 'whole' &&
  begin !== null &&
  typeof id === 'number' &&
  id > (begin.last.image ?? 0)

function* cellDifferences(
  table: ToldTable,
  part: string,
  row: z.output<typeof storedRow>,
  cells: ExpectedCells,
): Generator<Difference> {
  for (const column of toldColumns(table)) {
    const cell = cells[column]
    if (cell === undefined) continue
    const [audit, says] = cell
    const stored = toldCell(table, column, row[column])
    if (isSame(table, says, stored)) continue
    const what = { what: rowWords(table.name, part), column }
    if (table.sums.includes(column)) {
      yield { part, how: message('told-differs', { case: 'sum', ...what, row: audit }) }
    } else if (audit === fromTheLine) {
      yield { part, how: message('told-differs', { case: 'line', ...what, ...shown(stored, says) }) }
    } else {
      yield { part, how: message('told-differs', { ...what, ...shown(stored, says), row: audit }) }
    }
  }
}

function isSame({ name }: ToldTable, says: ExpectedCell, stored: ToldCell): boolean {
  if (says === true) return stored !== null
  if (name === 'setting' && typeof says === 'string' && typeof stored === 'string') {
    return settingText(says) === settingText(stored)
  }
  return says === stored
}

/** Characters of a value that a sentence shows. */
const shownLength = 80

const shown = (stored: ToldCell, says: ExpectedCell): { stored: Param; told: Param } => ({
  stored: cellWords(stored),
  told: cellWords(says),
})

function cellWords(cell: ExpectedCell): Param {
  if (cell === null) return inside('stored', message('nothing'))
  if (cell === true) return inside('stored', message('something'))
  const text = String(cell)
  return text.length > shownLength ? `${text.slice(0, shownLength)}…` : text
}
