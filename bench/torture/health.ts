/** What must hold after each step: lists answer, acknowledged decisions are there, and the workspace is whole. */
import type { Decision } from '../../src/shared/review.ts'
import { type Problem, verifyReportSchema } from '../../src/shared/workspace.ts'
import { type Place, pick } from './place.ts'
import { operator, type Station } from './station.ts'

/** The decisions that were confirmed, the newest of each photograph. */
export interface Decided {
  count: number
  newest: Map<number, Decision>
}
export const noDecisions = (): Decided => ({ count: 0, newest: new Map() })

/** Decides about one part at random; says whether that was confirmed. */
export async function decide(
  station: Station,
  { prepared: { run, images }, random }: Pick<Place, 'prepared' | 'random'>,
  decided: Decided,
): Promise<boolean> {
  const image = pick(random, images)
  const decision = pick(random, ['accept', 'reject', 'unsure'] as const)
  const answer = await station.ask('review.decide', { run, image, decision, operator })
  if (!answer.ok) return false
  decided.count += 1
  decided.newest.set(image, answer.value)
  return true
}

export async function checkDecisions(station: Station, place: Place, decided: Decided): Promise<void> {
  const { items } = await station.must('review.queue', { run: place.prepared.run, limit: 500 })
  for (const [image, wanted] of decided.newest) {
    const stored = items.find((item) => item.image === image)?.decision
    // One that was asked later may be stored although its confirmation did not come through.
    const isThere =
      stored !== undefined &&
      stored !== null &&
      (stored.id > wanted.id || (stored.id === wanted.id && stored.decision === wanted.decision))
    if (!isThere) place.find(`decision ${wanted.id} on image ${image} was confirmed and is lost`)
  }
}

/** Every list that a window shows. */
export async function checkLists(
  station: Station,
  { dataset, run }: { dataset: string; run: string },
): Promise<void> {
  await station.must('job.list', { active: false })
  await station.must('job.list', { active: true })
  await station.must('dataset.list', {})
  await station.must('dataset.images', { dataset, limit: 500, offset: 0 })
  await station.must('run.list', {})
  await station.must('run.get', { run })
  await station.must('version.list', { dataset })
  await station.must('review.queue', { run, limit: 500 })
  await station.must('operator.list', {})
  await station.must('audit.list', { filter: {}, offset: 0, limit: 500 })
  await station.must('point.list', { run })
  await station.must('live.state', {})
  await station.must('workspace.backups', {})
  await station.must('log.list', {})
}

/** What `verify` finds, beside what a process that was killed may leave. */
export async function problemsOf(station: Station): Promise<Problem[]> {
  const { job } = await station.must('workspace.verify', {})
  const ended = await station.ended(job)
  if (ended.state !== 'done') {
    return [{ code: 'database-damaged', file: '', params: { words: JSON.stringify(ended.failure) } }]
  }
  return verifyReportSchema.parse(ended.result).problems.filter(({ code }) => code !== 'temporary-file')
}

export async function checkWhole(station: Station, place: Place, decided: Decided): Promise<void> {
  await checkLists(station, place.prepared)
  await checkDecisions(station, place, decided)
  const { breaks } = await station.must('audit.check', {})
  if (breaks.length > 0) place.find(`the audit is broken: ${JSON.stringify(breaks).slice(0, 500)}`)
  const problems = await problemsOf(station)
  if (problems.length > 0) place.find(`verify: ${JSON.stringify(problems).slice(0, 800)}`)
}

export const signIn = async (station: Station): Promise<void> => {
  await station.must('operator.signIn', { name: operator })
}
