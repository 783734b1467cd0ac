import { describe, expect, it } from 'vitest'
import { listAudit } from '../../../../src/main/store/audit.ts'
import { regionOfInterestOf, setRegionOfInterest } from '../../../../src/main/store/regions-of-interest.ts'
import type { RegionOfInterest } from '../../../../src/shared/region-of-interest.ts'
import { stockedWorkspace } from '../stocked-workspace.ts'

const drawn: RegionOfInterest = { kind: 'drawn', polygons: [[0.1, 0.2, 0.9, 0.2, 0.5, 0.8]] }

describe('migration 6', () => {
  it('lets whole photographs count where nothing was set', async () => {
    const { workspace, dataset } = await stockedWorkspace(1, () => ({ split: 'train', label: 'normal' }))
    expect(regionOfInterestOf(workspace.db, dataset.id)).toEqual({ kind: 'none' })
  })

  it('keeps the last region of a dataset, and the audit keeps all of them', async () => {
    const { workspace, dataset } = await stockedWorkspace(1, () => ({ split: 'train', label: 'normal' }))
    const { db } = workspace
    setRegionOfInterest(db, dataset.id, { kind: 'found', margin: 0.05 }, 'Li Na')
    setRegionOfInterest(db, dataset.id, drawn, 'Li Na')
    expect(regionOfInterestOf(db, dataset.id)).toEqual(drawn)
    const rows = listAudit(db, { action: 'dataset.region' }, { offset: 0, limit: 10 })
    expect(rows.map(({ dataset: name, operator, detail }) => [name, operator, detail.region])).toEqual([
      [dataset.name, 'Li Na', drawn],
      [dataset.name, 'Li Na', { kind: 'found', margin: 0.05 }],
    ])
  })

  it('takes no text that is no JSON, and no dataset that is not there', async () => {
    const { workspace, dataset } = await stockedWorkspace(1, () => ({ split: 'train', label: 'normal' }))
    const insert = (id: string, region: string) => () =>
      workspace.db.run('INSERT INTO region_of_interest VALUES ($id, $region, 1)', { id, region })
    expect(insert(dataset.id, 'half')).toThrow(/CHECK/)
    expect(insert('nobody', '{}')).toThrow(/FOREIGN KEY/)
  })
})
