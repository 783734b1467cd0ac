import { describe, expect, it } from 'vitest'
import { keepSampleRange, sampleRangeOf } from '../../../../src/main/store/sample-ranges.ts'
import { stockedWorkspace } from '../stocked-workspace.ts'

describe('migration 10', () => {
  it('keeps one range for a dataset, which is never another one', async () => {
    const { workspace, dataset } = await stockedWorkspace(1)
    expect(sampleRangeOf(workspace.db, dataset.id)).toBeNull()
    keepSampleRange(workspace.db, dataset.id, { low: -1, high: 2.5 })
    keepSampleRange(workspace.db, dataset.id, { low: -1, high: 2.5 })
    expect(sampleRangeOf(workspace.db, dataset.id)).toEqual({ low: -1, high: 2.5 })
    expect(() => keepSampleRange(workspace.db, dataset.id, { low: 0, high: 1 })).toThrow(
      expect.objectContaining({ code: 'sample-range-differs' }),
    )
  })

  it('takes no range without a width, and no dataset that is not there', async () => {
    const { workspace, dataset } = await stockedWorkspace(1)
    const insert = (id: string, low: number, high: number) => () =>
      workspace.db.run('INSERT INTO sample_range VALUES ($id, $low, $high, 1)', { id, low, high })
    expect(insert(dataset.id, 1, 1)).toThrow(/CHECK/)
    expect(insert('nobody', 0, 1)).toThrow(/FOREIGN KEY/)
  })
})
