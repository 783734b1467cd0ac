import { describe, expect, it } from 'vitest'
import { agreementOf, agreementWithModel } from '../../../../src/renderer/screens/review/agreement.ts'
import { decisionOn } from './review-items.ts'

const decided = (
  label: 'normal' | 'anomalous' | 'unlabeled',
  kind: 'accept' | 'reject' | 'unsure' | null,
) => ({
  label,
  decision: kind === null ? null : decisionOn(1, kind),
})

describe('agreement with ground truth', () => {
  it('counts a good part accepted and a defect rejected as agreed', () => {
    expect(agreementOf([decided('normal', 'accept'), decided('anomalous', 'reject')])).toEqual({
      compared: 2,
      agreed: 2,
      escapes: 0,
      falseRejects: 0,
    })
  })

  it('tells a defect that passed from a good part that was rejected', () => {
    expect(
      agreementOf([decided('anomalous', 'accept'), decided('normal', 'reject'), decided('normal', 'reject')]),
    ).toEqual({ compared: 3, agreed: 0, escapes: 1, falseRejects: 2 })
  })

  it('leaves out what says nothing: undecided, unsure, without a label', () => {
    expect(
      agreementOf([decided('normal', null), decided('anomalous', 'unsure'), decided('unlabeled', 'reject')]),
    ).toEqual({ compared: 0, agreed: 0, escapes: 0, falseRejects: 0 })
  })
})

describe('agreement with the model', () => {
  const judged = (verdict: 'flagged' | 'passed' | null, kind: 'accept' | 'reject' | 'unsure' | null) => ({
    verdict,
    decision: kind === null ? null : decisionOn(1, kind),
  })

  it('is the share of decisions that say what the operating point says', () => {
    const parts = [
      judged('flagged', 'reject'),
      judged('passed', 'accept'),
      judged('flagged', 'accept'),
      judged('passed', 'reject'),
      judged('passed', 'accept'),
    ]
    expect(agreementWithModel(parts)).toEqual({ part: 3, whole: 5 })
  })

  it('is unknown where nothing can be compared', () => {
    expect(
      agreementWithModel([judged('flagged', null), judged('passed', 'unsure'), judged(null, 'reject')]),
    ).toBeNull()
  })
})
