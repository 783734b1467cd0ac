/** `results.csv` in the result folder, with a line for each part. */
import { constants } from 'node:fs'
import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import type { LivePart, LiveWatch } from '../../../shared/live.ts'
import { wordsIn } from '../../../shared/messages/words.ts'
import { csvHead, csvLines } from '../../platform/csv.ts'
import { replaceFile } from '../../platform/durable-file.ts'
import type { Database } from '../../store/database.ts'
import { judgedParts, writtenParts } from '../../store/live.ts'
import { findPoint } from '../../store/operating-points.ts'
import { viewedPart } from '../../store/viewed-parts.ts'
import type { Output } from './output.ts'

const english = wordsIn('en')

const columns = [
  'file',
  'verdict',
  'score',
  'threshold',
  'arrived',
  'judged',
  'run',
  'reason',
  'point',
  'part',
  'view',
]

/**
 * @param point the operating point that judged, by name and version, as `line 3`; empty where none was set
 * @param number of the part that the photograph is a view of, or that a program gave; else empty
 */
export function csvLine(part: LivePart, point: string, number: string): string {
  const { file, verdict, score, threshold, arrivedAt, judgedAt, run, reason } = part
  const values = [
    file,
    verdict ?? '',
    score,
    threshold,
    new Date(arrivedAt).toISOString(),
    judgedAt === null ? '' : new Date(judgedAt).toISOString(),
    run ?? '',
    reason === null ? '' : english.text('failure', reason, 'title'),
    point,
    number,
    part.view ?? '',
  ]
  return csvLines([values], { lineEnd: '\n' })
}

function pointName(db: Database, id: number | null): string {
  if (id === null) return ''
  const { name, version } = findPoint(db, id)
  return `${name} ${version}`
}

const numberOf = (db: Database, { viewed, partNumber }: LivePart): string =>
  viewed === null ? (partNumber ?? '') : (viewedPart(db, viewed)?.number ?? '')

const csvFile = (watch: LiveWatch): string => join(watch.resultFolder, 'results.csv')

/** Makes the file anew, with a line for each of these parts. */
async function make(db: Database, watch: LiveWatch, parts: Iterable<LivePart>): Promise<void> {
  let text = csvHead(columns, { lineEnd: '\n' })
  const names = new Map<number | null, string>()
  for (const part of parts) {
    const name = names.get(part.point) ?? pointName(db, part.point)
    names.set(part.point, name)
    text += csvLine(part, name, numberOf(db, part))
  }
  await mkdir(watch.resultFolder, { recursive: true })
  await replaceFile(csvFile(watch), text)
}

/** The file as it is, with its size; null where it was taken away, or ends in the middle of a line. */
async function openWhole(file: string): Promise<{ handle: FileHandle; size: number } | null> {
  let handle: FileHandle
  try {
    handle = await open(file, constants.O_RDWR | constants.O_APPEND)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
  try {
    const { size } = await handle.stat()
    const last = Buffer.alloc(1)
    if (size > 0) await handle.read(last, 0, 1, size - 1)
    if (last.toString() === '\n') return { handle, size }
  } catch (error) {
    await handle.close()
    throw error
  }
  await handle.close()
  return null
}

/** Adds a line: all of it, or, on a full disk, nothing. */
async function append({ handle, size }: { handle: FileHandle; size: number }, line: string): Promise<void> {
  try {
    await handle.writeFile(line)
  } catch (error) {
    // Where this fails too, the file ends in the middle of a line and is made anew.
    await handle.truncate(size).catch(() => undefined)
    throw error
  } finally {
    await handle.close()
  }
}

/**
 * The file is made anew from the database at every start, so that no part is missing in it or there twice; and where
 * somebody took it away, or its folder, meanwhile.
 */
export const resultsFile: Output = {
  begin: ({ db }, watch) => make(db, watch, judgedParts(db, watch.id)),
  async write({ db }, watch, { part, listed }) {
    const opened = await openWhole(csvFile(watch))
    if (opened === null) {
      await make(db, watch, writtenParts(db, watch.id, part.id))
      listed.clear()
    } else if (listed.has(part.id)) await opened.handle.close()
    else await append(opened, csvLine(part, pointName(db, part.point), numberOf(db, part)))
  },
}
