/** What is typed and chosen in the filters, and the query that it makes. */
import type { GridFilter, GridSort, SplitCounts } from '../../../shared/dataset.ts'
import { labelSchema, type Split, splitSchema } from '../../../shared/image.ts'

export const splits = splitSchema.options

/** The splits to show figures of: live parts only where there are any, since most datasets are of no line. */
export const splitsWith = (counts: SplitCounts): Split[] =>
  splits.filter((split) => split !== 'live' || counts.live > 0)
export const labels = labelSchema.options
export const decisions = ['none', 'accept', 'reject', 'unsure'] as const
export const orders = ['added', 'file', 'date', 'score'] as const

/** Empty is no filter. */
export type FilterFields = {
  split: string
  label: string
  defectType: string
  decision: string
  text: string
  scoreFrom: string
  scoreTo: string
  /** Days as a date field has them: 2026-01-31. */
  dayFrom: string
  dayTo: string
  removed: boolean
}

export const noFilter: Readonly<FilterFields> = {
  split: '',
  label: '',
  defectType: '',
  decision: '',
  text: '',
  scoreFrom: '',
  scoreTo: '',
  dayFrom: '',
  dayTo: '',
  removed: false,
}

const day = 24 * 60 * 60 * 1000

function numberIn(text: string): number | undefined {
  const value = Number(text.replace(',', '.'))
  return text.trim() === '' || !Number.isFinite(value) ? undefined : value
}

/** Midnight at this place, at the beginning of a day. */
function timeIn(text: string): number | undefined {
  const [year, month, date] = text.split('-').map(Number)
  if (!year || !month || !date) return undefined
  return new Date(year, month - 1, date).getTime()
}

export function filterOf(fields: FilterFields, run: string): GridFilter {
  const split = splits.find((name) => name === fields.split)
  const label = labels.find((name) => name === fields.label)
  const decision = decisions.find((name) => name === fields.decision)
  const text = fields.text.trim()
  const until = timeIn(fields.dayTo)
  const filter: Record<keyof GridFilter, unknown> = {
    split,
    label,
    decision,
    defectType: fields.defectType === '' ? undefined : fields.defectType,
    text: text === '' ? undefined : text,
    run: run === '' ? undefined : run,
    scoreFrom: run === '' ? undefined : numberIn(fields.scoreFrom),
    scoreTo: run === '' ? undefined : numberIn(fields.scoreTo),
    importedFrom: timeIn(fields.dayFrom),
    importedBefore: until === undefined ? undefined : until + day,
    removed: fields.removed ? true : undefined,
  }
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined))
}

/** Scores are sorted from the highest, everything else from the first. */
export const sortOf = (by: string): GridSort => {
  const order = orders.find((name) => name === by) ?? 'added'
  return { by: order, descending: order === 'score' || order === 'date' }
}
