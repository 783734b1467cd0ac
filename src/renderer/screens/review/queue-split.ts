/** Which split's queue a person should see first. */
import type { Split } from '../../../shared/image.ts'

export type Waiting = Record<Split, number>
/** One split, or null for all of them. */
export type QueueSplit = Split | null

/** The parts of the last shift come first: they are on their way to a customer. Training parts were known to be good. */
const byUrgency = ['live', 'test', 'validation'] as const

/** The most urgent split, other than this one, with parts that nobody has decided on. */
export const nextWaiting = (waiting: Waiting, but: QueueSplit = null): Split | null =>
  byUrgency.find((split) => split !== but && waiting[split] > 0) ?? null

/**
 * @param waiting how many parts of each split nobody has decided on
 * @param chosen what the person chose last on this screen; undefined where nothing was
 */
export function splitToOpen(waiting: Waiting, chosen: QueueSplit | undefined): QueueSplit {
  if (chosen === null) return null
  // A choice stands as long as there is something to decide in it.
  if (chosen !== undefined && waiting[chosen] > 0) return chosen
  return nextWaiting(waiting) ?? chosen ?? 'test'
}
