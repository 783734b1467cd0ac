import { describe, expect, it } from 'vitest'
import {
  createDataset,
  datasetSummaries,
  findDataset,
  renameDataset,
  setHasDirection,
} from '../../../src/main/store/datasets.ts'
import { removeImage } from '../../../src/main/store/images.ts'
import { freshWorkspace, stockedWorkspace } from './stocked-workspace.ts'

const values = { layout: 'flat', source: '/photos' } as const

describe('datasets', () => {
  it('are found by name in any case, and by id', () => {
    const { db } = freshWorkspace()
    const dataset = createDataset(db, { name: ' Flansch Ü 裂纹 ', ...values })
    expect(dataset.name).toBe('Flansch Ü 裂纹')
    expect(findDataset(db, 'flansch Ü 裂纹')).toEqual(dataset)
    expect(findDataset(db, dataset.id)).toEqual(dataset)
  })

  it('have names of their own', () => {
    const { db } = freshWorkspace()
    const first = createDataset(db, { name: 'flange', ...values })
    const second = createDataset(db, { name: 'bracket', ...values })
    expect(() => createDataset(db, { name: 'FLANGE', ...values })).toThrow(
      expect.objectContaining({ code: 'dataset-exists' }),
    )
    expect(() => renameDataset(db, second.id, 'flange')).toThrow(
      expect.objectContaining({ code: 'dataset-exists' }),
    )
    renameDataset(db, first.id, 'Flange')
    expect(findDataset(db, first.id).name).toBe('Flange')
  })

  it('name what there is when one is not found', () => {
    const { db } = freshWorkspace()
    createDataset(db, { name: 'flange', ...values })
    expect(() => findDataset(db, 'flnage')).toThrow(
      expect.objectContaining({ code: 'dataset-unknown', remedy: expect.stringContaining('"flange"') }),
    )
  })

  it('refuse an empty name and one with line breaks', () => {
    const { db } = freshWorkspace()
    for (const name of ['', '  ', 'a\nb', 'x'.repeat(101)]) {
      expect(() => createDataset(db, { name, ...values })).toThrow(
        expect.objectContaining({ code: 'dataset-name-invalid' }),
      )
    }
  })

  it('remember whether the part has a direction', () => {
    const { db } = freshWorkspace()
    const { id } = createDataset(db, { name: 'flange', ...values })
    setHasDirection(db, id, true)
    expect(findDataset(db, id).hasDirection).toBe(true)
  })

  it('are summed up without removed images', async () => {
    const { workspace, images } = await stockedWorkspace(5, (i) => ({
      split: i === 0 ? 'train' : 'test',
      label: i < 2 ? 'normal' : 'anomalous',
      defectType: i < 2 ? null : i < 4 ? 'dent' : 'crack',
      channels: i === 1 ? 3 : 1,
    }))
    removeImage(workspace.db, images[4] ?? 0)
    expect(datasetSummaries(workspace.db)).toMatchObject([
      {
        name: 'parts',
        images: 4,
        splits: { train: 1, validation: 0, test: 3 },
        labels: { normal: 2, anomalous: 2, unlabeled: 0 },
        defectTypes: [{ defectType: 'dent', images: 2 }],
        channels: 3,
        masks: 0,
      },
    ])
  })
})
