/** Pairs of nearly equal pictures in two splits, by the newest search for them. */
import { z } from 'zod'
import { type Dataset, type DuplicateReport, duplicateReportSchema } from '../../../shared/dataset.ts'
import { type TrainingWarning, trainingWarning } from '../../../shared/training.ts'
import type { Database } from '../../store/database.ts'
import { finishedJobs, newestResult } from '../../store/jobs.ts'

/** What the newest search found; null where nobody has searched. */
const newestSearch = (db: Database, { id }: Pick<Dataset, 'id'>): DuplicateReport | null =>
  duplicateReportSchema.safeParse(newestResult(db, 'duplicates', id)).data ?? null

interface Overlap {
  count: number
  pairs: string[]
}

/** The pairs that are still in two splits, with their files; null where nobody has searched. */
export function standingOverlap(db: Database, dataset: Pick<Dataset, 'id'>): Overlap | null {
  const report = newestSearch(db, dataset)
  return report === null ? null : overlapIn(db, report)
}

function overlapIn(db: Database, report: DuplicateReport): Overlap {
  const placeRow = z.object({ split: z.string() })
  const splitOf = (image: number): string | null =>
    db.get(placeRow, 'SELECT split FROM image WHERE id = $image AND removed_at IS NULL', { image })?.split ??
    null
  const standing = report.pairs.filter(({ a, b }) => {
    const [one, other] = [splitOf(a.id), splitOf(b.id)]
    return one !== null && other !== null && one !== other && one !== 'live' && other !== 'live'
  })
  // Pairs beyond the listed ones cannot be checked again; they count only while all listed pairs remain in two
  // splits.
  const count = standing.length === report.pairs.length ? report.found : standing.length
  return { count, pairs: standing.map(({ a, b }) => `${a.file} = ${b.file}`) }
}

/** Whether a search was made since the last labeled photograph came into the dataset. */
export function isSearched(db: Database, { id }: Pick<Dataset, 'id'>): boolean {
  const [search] = finishedJobs(db, 'duplicates', id)
  if (search === undefined) return false
  const newest = db.get(
    z.object({ at: z.number().nullable() }),
    `SELECT max(imported_at) AS at FROM image
     WHERE dataset_id = $id AND removed_at IS NULL AND label <> 'unlabeled'`,
    { id },
  )
  return search.createdAt >= (newest?.at ?? 0)
}

/** Pairs that a finding names; it also counts all of them. */
const mostPairs = 20

/** What the newest search found, as messages of the topic `warning`. */
export function overlapFindings(db: Database, dataset: Pick<Dataset, 'id'>): TrainingWarning[] {
  const report = newestSearch(db, dataset)
  if (report === null) return []
  const { count, pairs } = overlapIn(db, report)
  const findings: TrainingWarning[] = []
  if (count > 0) {
    findings.push(trainingWarning('near-duplicates', { count, files: pairs.slice(0, mostPairs) }))
  }
  if (report.nearCopies.groups > 0) {
    const { photographs, groups, examples } = report.nearCopies
    const files = examples.map((group) => group.join(' = '))
    findings.push(trainingWarning('near-copies', { count: photographs, groups, files }))
  }
  return findings
}
