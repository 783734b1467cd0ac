/** Reads the queue of a run from main, page by page, since it may hold 100,000 parts. */
import type { CallOutput } from '../../shared/contract.ts'
import type { Split } from '../../shared/image.ts'
import type { ReviewItem, ReviewOrder, ReviewView } from '../../shared/review.ts'
import { call } from '../bridge.ts'

export interface QueueQuery {
  run: string
  split: Split | null
  order: ReviewOrder
  /** Which part of the queue is read; all of it where `view` is left out. A second look needs the operator. */
  view?: ReviewView
  operator?: string | null
}

const pageSize = 500

export const isAll = (query: QueueQuery | null): boolean => (query?.view ?? 'all') === 'all'

/** One page after the other, up to the end of the queue. */
export async function* queuePages(query: QueueQuery): AsyncGenerator<CallOutput<'review.queue'>> {
  for (let offset = 0; ; offset += pageSize) {
    const page = await call('review.queue', {
      run: query.run,
      order: query.order,
      ...(query.split === null ? {} : { split: query.split }),
      ...(isAll(query) ? {} : { view: query.view, operator: query.operator ?? null }),
      offset,
      limit: pageSize,
    })
    yield page
    if (page.items.length < pageSize || offset + page.items.length >= page.total) return
  }
}

/** The largest absolute value of each component, of these items and of those before. */
export function largestOf(
  items: readonly ReviewItem[],
  before: Record<string, number>,
): Record<string, number> {
  const found = { ...before }
  for (const { components } of items) {
    for (const [name, value] of Object.entries(components)) {
      found[name] = Math.max(found[name] ?? 0, Math.abs(value))
    }
  }
  return found
}
