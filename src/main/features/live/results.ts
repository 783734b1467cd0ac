/**
 * What a line reads of a watched folder: `results.csv` with a line for each part, and in `flagged` the photographs
 * that a person should see, each with its heat map. The database is what holds; the file is made anew from it at
 * every start, so that no part is missing in it or there twice.
 */
import { appendFile, copyFile, mkdir, rename } from 'node:fs/promises'
import { basename, join } from 'node:path'
import sharp from 'sharp'
import type { LivePart, LiveWatch } from '../../../shared/live.ts'
import { wordsIn } from '../../../shared/messages/words.ts'
import { csvLines } from '../../platform/csv.ts'
import { replaceFile } from '../../platform/durable-file.ts'
import type { Database } from '../../store/database.ts'
import { judgedParts, markWritten, unwrittenParts } from '../../store/live.ts'
import { findPoint } from '../../store/operating-points.ts'
import type { Workspace } from '../../store/workspace.ts'

const english = wordsIn('en')

const columns = ['file', 'verdict', 'score', 'threshold', 'arrived', 'judged', 'run', 'reason', 'point']

/** @param point the operating point that judged, by name and version, as `line 3`; empty where none was set */
export function csvLine(part: LivePart, point: string): string {
  const { file, verdict, score, threshold, arrivedAt, judgedAt, run, reason } = part
  const values = [
    file,
    verdict ?? '',
    score === null ? '' : String(score),
    threshold === null ? '' : String(threshold),
    new Date(arrivedAt).toISOString(),
    judgedAt === null ? '' : new Date(judgedAt).toISOString(),
    run ?? '',
    reason === null ? '' : english.text('failure', reason, 'title'),
    point,
  ]
  return csvLines([values], { lineEnd: '\n' })
}

function pointName(db: Database, id: number | null): string {
  if (id === null) return ''
  const { name, version } = findPoint(db, id)
  return `${name} ${version}`
}

const csvFile = (watch: LiveWatch): string => join(watch.resultFolder, 'results.csv')

/** Makes the file as the database has it. */
export async function renewResults({ db }: Workspace, watch: LiveWatch): Promise<void> {
  let text = `${columns.join(',')}\n`
  const names = new Map<number | null, string>()
  for (const part of judgedParts(db, watch.id)) {
    const name = names.get(part.point) ?? pointName(db, part.point)
    names.set(part.point, name)
    text += csvLine(part, name)
  }
  await mkdir(watch.resultFolder, { recursive: true })
  await replaceFile(csvFile(watch), text)
}

/** A heat map as a picture: what is at the run's scale or above is white. */
async function heatPicture(file: string, brightness: number): Promise<Buffer> {
  return sharp(file).toColourspace('b-w').linear(brightness, 0).png({ compressionLevel: 3 }).toBuffer()
}

export interface FlaggedFiles {
  map: { file: string; scale: number } | null
  mapScale: number
}

/**
 * Writes what a part came to; it counts as written after all of it is there.
 * @param appends its line is not in the file yet
 */
export async function writeResult(
  workspace: Workspace,
  watch: LiveWatch,
  part: LivePart,
  { map, mapScale }: FlaggedFiles,
  appends: boolean,
): Promise<void> {
  if (part.verdict === 'flagged') {
    const folder = join(watch.resultFolder, 'flagged')
    await mkdir(folder, { recursive: true })
    const name = basename(part.file)
    const partial = join(folder, `.writing-${part.id}`)
    await copyFile(join(watch.folder, part.file), partial)
      .then(() => rename(partial, join(folder, name)))
      // The camera software has taken it away: it is in the workspace all the same.
      .catch(() => undefined)
    if (map) {
      const heat = await heatPicture(workspace.path(map.file), map.scale / mapScale)
      await replaceFile(join(folder, `${name.replace(/\.[^.]*$/, '')}.heat.png`), heat)
    }
  }
  if (appends) await appendFile(csvFile(watch), csvLine(part, pointName(workspace.db, part.point)))
  markWritten(workspace.db, part.id)
}

/** Parts whose verdict is stored and whose result is not: a process ended between the two. */
export const unwritten = ({ db }: Workspace, watch: LiveWatch): LivePart[] => unwrittenParts(db, watch.id)
