import { describe, expect, it } from 'vitest'
import { unmeasuredImages } from '../../../../src/main/store/white-levels.ts'
import { stockedWorkspace } from '../stocked-workspace.ts'

describe('migration 9', () => {
  it('leaves photographs that were there before unmeasured, and takes no value that is none', async () => {
    const { workspace, dataset, images } = await stockedWorkspace(2, (i) => ({
      bitDepth: i === 0 ? 16 : 8,
      ...(i === 2 ? { gray: { robustPeak: 1, zeroBits: 0, mean: 1, sharpness: 1 } } : {}),
    }))
    expect(unmeasuredImages(workspace.db, dataset.id, null)).toEqual(images)
    expect(unmeasuredImages(workspace.db, dataset.id, 16)).toEqual(images.slice(0, 1))
    expect(() => workspace.db.run('UPDATE image SET zero_bits = 17')).toThrow(/CHECK/)
    expect(() => workspace.db.run('UPDATE image SET robust_peak = -1')).toThrow(/CHECK/)
  })

  it('takes no white of 0, and no dataset that is not there', async () => {
    const { workspace, dataset } = await stockedWorkspace(1)
    const insert = (id: string, white: number) => () =>
      workspace.db.run('INSERT INTO white_level VALUES ($id, $white, 1)', { id, white })
    expect(insert(dataset.id, 0)).toThrow(/CHECK/)
    expect(insert('nobody', 255)).toThrow(/FOREIGN KEY/)
  })
})
