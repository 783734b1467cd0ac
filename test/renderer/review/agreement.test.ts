import { describe, expect, it } from 'vitest'
import { agreementOf } from '../../../src/renderer/screens/review/agreement.ts'
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
