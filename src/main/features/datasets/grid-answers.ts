/**
 * Answers for the grid of a dataset. It holds the last orders in memory, so that the next page of a hundred thousand
 * images costs no more than its rows; it lives in a thread.
 */
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import type { CallArguments, CallOutput } from '../../../shared/contract.ts'
import type { ImageId } from '../../../shared/values.ts'
import type { Database } from '../../store/database.ts'
import { findDataset } from '../../store/datasets.ts'
import { gridOrder, gridRows } from '../../store/image-grid.ts'

export type GridAnswers = (input: CallArguments<'dataset.images'>) => CallOutput<'dataset.images'>

/** Of a hundred thousand images, an order takes less than a megabyte. */
const held = 6
const versionSchema = z.tuple([z.object({ data_version: z.int() })])

export function createGridAnswers(db: Database): GridAnswers {
  const orders = new LRUCache<string, ImageId[]>({ max: held })
  let version = -1

  /** Whoever else writes to the database makes another version of it; this thread never does. */
  function dropOld(): void {
    const [{ data_version: now }] = versionSchema.parse(db.pragma('data_version'))
    if (now !== version) orders.clear()
    version = now
  }

  return ({ dataset, filter, sort, offset, limit }) => {
    dropOld()
    const { id } = findDataset(db, dataset)
    const key = JSON.stringify([id, filter, sort])
    const order = orders.get(key) ?? gridOrder(db, id, filter, sort)
    orders.set(key, order)
    return { total: order.length, images: gridRows(db, order.slice(offset, offset + limit), filter.run) }
  }
}
