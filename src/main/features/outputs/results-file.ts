/** `results.csv` in the result folder, with a line for each part. */
import { appendFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { LivePart, LiveWatch } from '../../../shared/live.ts'
import { wordsIn } from '../../../shared/messages/words.ts'
import { csvLines } from '../../platform/csv.ts'
import { replaceFile } from '../../platform/durable-file.ts'
import type { Database } from '../../store/database.ts'
import { judgedParts } from '../../store/live.ts'
import { findPoint } from '../../store/operating-points.ts'
import type { Output } from './output.ts'

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

/** The file is made anew from the database at every start, so that no part is missing in it or there twice. */
export const resultsFile: Output = {
  async begin({ db }, watch) {
    let text = `${columns.join(',')}\n`
    const names = new Map<number | null, string>()
    for (const part of judgedParts(db, watch.id)) {
      const name = names.get(part.point) ?? pointName(db, part.point)
      names.set(part.point, name)
      text += csvLine(part, name)
    }
    await mkdir(watch.resultFolder, { recursive: true })
    await replaceFile(csvFile(watch), text)
  },
  async write({ db }, watch, { part, isListed }) {
    if (!isListed) await appendFile(csvFile(watch), csvLine(part, pointName(db, part.point)))
  },
}
