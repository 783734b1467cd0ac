/** Files of a deleted dataset go after thirty days, and not those that another dataset has too. */
import { existsSync } from 'node:fs'
import { expect, it } from 'vitest'
import { clearRemoved } from '../../../../src/main/features/removal/clear-removed.ts'
import { listDatasets } from '../../../../src/main/store/datasets.ts'
import { blobFormat, listImages } from '../../../../src/main/store/images.ts'
import { removeDataset } from '../../../../src/main/store/removed.ts'
import { elementAt } from '../../../../src/shared/element-at.ts'
import { playedEngine } from '../../jobs/played-engine.ts'
import { lineWorkspace, sessionOn } from '../line.ts'

const day = 86_400_000

it('clears the files of a deleted dataset after thirty days', async () => {
  const session = sessionOn(await lineWorkspace(), playedEngine().launch)
  const { db, blobs } = session.workspace
  const dataset = elementAt(listDatasets(db), 0)
  const files = listImages(db, { datasetId: dataset.id }).map(({ sha256 }) =>
    blobs.path(sha256, blobFormat(db, sha256) ?? 'png'),
  )
  expect(files.every((file) => existsSync(file))).toBe(true)
  removeDataset(db, dataset, null)
  const removedAt = db.now()
  expect(await clearRemoved(session, removedAt + 29 * day)).toBe(0)
  expect(files.every((file) => existsSync(file))).toBe(true)
  expect(await clearRemoved(session, removedAt + 31 * day)).toBeGreaterThan(0)
  expect(files.filter((file) => existsSync(file))).toEqual([])
})
