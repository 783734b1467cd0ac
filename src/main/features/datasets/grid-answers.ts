/**
 * Answers the call `dataset.images` for the grid of a dataset. It keeps the last sorted lists of image ids in memory,
 * so that the next page of a hundred thousand images costs no more than reading its rows. It runs in a thread.
 */
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import type { CallArguments, CallOutput } from '../../../shared/contract.ts'
import type { ImageId } from '../../../shared/values.ts'
import type { Database } from '../../store/database.ts'
import { findDataset } from '../../store/datasets.ts'
import { gridOrder, gridRows } from '../../store/image-grid.ts'

export type GridAnswers = (input: CallArguments<'dataset.images'>) => CallOutput<'dataset.images'>

/** Number of sorted lists kept; one of a hundred thousand images takes less than a megabyte. */
const held = 6
const versionSchema = z.tuple([z.object({ data_version: z.int() })])

export function createGridAnswers(db: Database): GridAnswers {
  const orders = new LRUCache<string, ImageId[]>({ max: held })
  let version = -1

  /**
   * Drops the lists when the database has changed. SQLite's data_version changes with every write of another
   * connection, and this thread never writes.
   */
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
