import { describe, expect, it } from 'vitest'
import { createVersion, imagesOfVersion, listVersions } from '../../../../src/main/store/dataset-versions.ts'
import { findImage } from '../../../../src/main/store/images.ts'
import { modelHistory, recordModelUse } from '../../../../src/main/store/model-uses.ts'
import { queuedRun } from '../queued-run.ts'
import { stockedWorkspace } from '../stocked-workspace.ts'

async function versioned() {
  const { workspace, dataset, images } = await stockedWorkspace(3, () => ({
    split: 'train',
    label: 'normal',
  }))
  const { db } = workspace
  const version = createVersion(db, {
    datasetId: dataset.id,
    parentId: null,
    operatorId: null,
    reason: 'first',
    images: images.slice(0, 2).map((id) => findImage(db, id)),
  })
  return { db, dataset, images, version }
}

describe('migration 3', () => {
  it('keeps a version of a dataset as it was made', async () => {
    const { db, dataset, images, version } = await versioned()
    const statements = [
      `UPDATE dataset_version SET reason = 'other'`,
      'DELETE FROM dataset_version',
      'DELETE FROM dataset_version_image',
      `UPDATE dataset_version_image SET image_id = ${images[2]}`,
      `INSERT INTO dataset_version_image (version_id, image_id) VALUES ('${version.id}', ${images[2]})`,
    ]
    for (const statement of statements) expect(() => db.run(statement), statement).toThrow(/never/)
    expect(imagesOfVersion(db, version.id)).toEqual(images.slice(0, 2))
    expect(listVersions(db, dataset.id)).toEqual([version])
  })

  it('keeps the history of the model in use', async () => {
    const { db, dataset } = await versioned()
    const run = queuedRun(db, dataset.id, { stepsTotal: 0 })
    const use = recordModelUse(db, {
      datasetId: dataset.id,
      runId: run.id,
      action: 'promote',
      operatorId: null,
      reason: null,
      gate: null,
    })
    expect(() => db.run(`UPDATE model_use SET reason = 'x'`)).toThrow(/never/)
    expect(() => db.run('DELETE FROM model_use')).toThrow(/never/)
    expect(modelHistory(db, dataset.id)).toEqual([use])
  })
})
