import { describe, expect, it } from 'vitest'
import { listAudit } from '../../../src/main/store/audit.ts'
import { setWhiteLevel, whiteLevel, whiteLevelOf } from '../../../src/main/store/white-levels.ts'
import { stockedWorkspace } from './stocked-workspace.ts'

const gray = (robustPeak: number, zeroBits = 0) => ({ robustPeak, zeroBits, mean: 1, sharpness: 1 })

describe('the white of a dataset', () => {
  it('is told by all its photographs, by what whole squares of pixels reach', async () => {
    const { workspace, dataset } = await stockedWorkspace(3, (i) => ({
      bitDepth: 16,
      peak: 4095,
      gray: gray([300, 900, 800][i] ?? 0),
      split: (['train', 'validation', 'test'] as const)[i] ?? 'test',
    }))
    expect(whiteLevel(workspace.db, dataset.id, 16)).toBe(1023)
    expect(whiteLevel(workspace.db, dataset.id, 8)).toBe(255)
  })

  it('is that of the camera where only a test photograph has a glare', async () => {
    const { workspace, dataset } = await stockedWorkspace(2, (i) => ({
      bitDepth: 16,
      peak: 4000,
      gray: gray(i === 0 ? 900 : 3800),
      split: i === 0 ? 'train' : 'test',
    }))
    expect(whiteLevel(workspace.db, dataset.id, 16)).toBe(4095)
  })

  it('lies above the zero bits that all photographs have; a black one says nothing of them', async () => {
    const { workspace, dataset } = await stockedWorkspace(3, (i) => ({
      bitDepth: 16,
      peak: 900 * 16,
      gray: [gray(900 * 16, 4), gray(800 * 16, 5), gray(0, 0)][i] ?? gray(0),
    }))
    expect(whiteLevel(workspace.db, dataset.id, 16)).toBe(1023 * 16)
  })

  it('is told by the largest value of photographs that were not measured', async () => {
    const { workspace, dataset } = await stockedWorkspace(1, () => ({ bitDepth: 16, peak: 3000 }))
    expect(whiteLevel(workspace.db, dataset.id, 16)).toBe(4095)
  })

  it('is what a person set, until it is taken back', async () => {
    const { workspace, dataset } = await stockedWorkspace(1, () => ({
      bitDepth: 16,
      peak: 900,
      gray: gray(900),
    }))
    const { db } = workspace
    setWhiteLevel(db, dataset.id, 4095, 'Li Na')
    expect(whiteLevel(db, dataset.id, 16)).toBe(4095)
    expect(whiteLevelOf(db, dataset.id)).toEqual({ set: 4095, seen: 1023 })
    setWhiteLevel(db, dataset.id, null, 'Li Na')
    expect(whiteLevelOf(db, dataset.id)).toEqual({ set: null, seen: 1023 })
    const rows = listAudit(db, { action: 'dataset.white' }, { offset: 0, limit: 10 })
    expect(rows.map(({ operator, detail }) => [operator, detail.white])).toEqual([
      ['Li Na', null],
      ['Li Na', 4095],
    ])
  })
})
