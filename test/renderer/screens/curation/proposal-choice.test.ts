import { describe, expect, it } from 'vitest'
import {
  changesOf,
  initialChoice,
  sizeAfter,
  toggled,
} from '../../../../src/renderer/screens/curation/proposal-choice.ts'
import type { CurationCandidate, CurationProposal } from '../../../../src/shared/curation.ts'

const candidate = (image: number, change: Partial<CurationCandidate> = {}): CurationCandidate => ({
  image,
  file: `${image}.png`,
  dataset: 'today',
  day: '2026-01-31',
  partGroup: null,
  score: 1,
  calibrated: 50,
  operator: 'Li Na',
  hasMap: true,
  marks: [],
  duplicateOf: null,
  proposed: true,
  allowed: true,
  ...change,
})
const marked = candidate(2, { marks: ['high-score'], proposed: false })
const copy = candidate(3, { marks: ['held-out-duplicate'], proposed: false, allowed: false })
const proposal: CurationProposal = {
  run: 'r-1',
  dataset: 'parts',
  base: {
    id: 'v-1',
    datasetId: 'd-1',
    number: 1,
    parentId: null,
    createdAt: 0,
    operator: null,
    reason: 'first',
    images: 10,
    sha256: 'a'.repeat(64),
  },
  candidates: [candidate(1), marked, copy],
  removals: [{ image: 9, file: '9.png', why: 'rejected' }],
  balance: [],
  heldOut: 0,
}

describe('what a person takes of a proposal', () => {
  it('is at first what is proposed', () => {
    const choice = initialChoice(proposal)
    expect([...choice.taken]).toEqual([1])
    expect(sizeAfter(proposal, choice)).toBe(10)
    expect(changesOf(proposal, choice)).toEqual({ include: [], exclude: [] })
  })

  it('can have a marked part and leave out a proposed one', () => {
    const first = candidate(1)
    const choice = toggled(toggled(initialChoice(proposal), marked), first)
    expect(changesOf(proposal, choice)).toEqual({ include: [2], exclude: [1] })
    expect(toggled(choice, first).taken.has(1)).toBe(true)
  })

  it('never has a copy of a held-out part', () => {
    expect(toggled(initialChoice(proposal), copy).taken.has(3)).toBe(false)
  })
})
