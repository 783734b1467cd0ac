import { describe, expect, it } from 'vitest'
import {
  countImages,
  findImage,
  imageByHash,
  listImages,
  removeImage,
  restoreImage,
  setLabel,
  setSplit,
} from '../../../src/main/store/images.ts'
import { stockedWorkspace } from './stocked-workspace.ts'

describe('images', () => {
  it('are filtered by split, label, defect type and part of the name', async () => {
    const { workspace, dataset, images } = await stockedWorkspace(4, (i) => ({
      file: ['a/50%.png', 'a/50_.png', 'b/Scratch.PNG', 'b/x.png'][i] ?? '',
      split: i < 2 ? 'train' : 'test',
      label: i < 2 ? 'normal' : 'anomalous',
      defectType: i === 2 ? 'scratch' : null,
    }))
    const { db } = workspace
    const found = (filter: object) =>
      listImages(db, { datasetId: dataset.id, ...filter }).map(({ id }) => images.indexOf(id))
    expect(found({ split: 'train' })).toEqual([0, 1])
    expect(found({ label: 'anomalous' })).toEqual([2, 3])
    expect(found({ defectType: 'scratch' })).toEqual([2])
    expect(found({ text: 'scratch' })).toEqual([2])
    expect(found({ text: '50%' })).toEqual([0])
    expect(found({ text: '50_' })).toEqual([1])
  })

  it('come in pages', async () => {
    const { workspace, dataset, images } = await stockedWorkspace(5)
    const filter = { datasetId: dataset.id }
    expect(countImages(workspace.db, filter)).toBe(5)
    expect(listImages(workspace.db, filter, { offset: 2, limit: 2 }).map(({ id }) => id)).toEqual(
      images.slice(2, 4),
    )
  })

  it('are taken out and put back without losing anything', async () => {
    const { workspace, dataset, images } = await stockedWorkspace(2)
    const { db } = workspace
    const [id = 0] = images
    const before = findImage(db, id)
    removeImage(db, id)
    expect(countImages(db, { datasetId: dataset.id })).toBe(1)
    expect(imageByHash(db, dataset.id, before.sha256)?.removedAt).not.toBeNull()
    restoreImage(db, id)
    expect(findImage(db, id)).toEqual(before)
  })

  it('change their split and label', async () => {
    const { workspace, images } = await stockedWorkspace(1)
    const [id = 0] = images
    setSplit(workspace.db, id, 'validation')
    setLabel(workspace.db, id, 'anomalous', 'dent')
    expect(findImage(workspace.db, id)).toMatchObject({
      split: 'validation',
      label: 'anomalous',
      defectType: 'dent',
    })
  })

  it('say so when one does not exist', async () => {
    const { workspace } = await stockedWorkspace(1)
    expect(() => findImage(workspace.db, 77)).toThrow(expect.objectContaining({ code: 'image-unknown' }))
  })
})
