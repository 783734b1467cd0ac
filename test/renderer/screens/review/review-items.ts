/** Parts of a review queue, made up. */
import type { Decision, DecisionKind, ReviewItem } from '../../../../src/shared/review.ts'

export function decisionOn(image: number, decision: DecisionKind, id = image): Decision {
  return {
    id,
    runId: 'run-1',
    imageId: image,
    operatorId: 1,
    decision,
    defectType: null,
    note: null,
    score: 0.5,
    decidedAt: 1_700_000_000_000,
    undoneAt: null,
    undoneBy: null,
  }
}

export function reviewItem(image: number, change: Partial<ReviewItem> = {}): ReviewItem {
  return {
    image,
    file: `part-${image}.png`,
    width: 64,
    height: 64,
    split: 'test',
    label: 'normal',
    defectType: null,
    score: 1 / image,
    calibrated: 50,
    components: { residual: image, feature: -2 * image },
    hasMap: true,
    hasReconstruction: true,
    hasMask: false,
    mapScale: 1,
    decision: null,
    verdict: null,
    ...change,
  }
}
