/** What scoring, comparing and exporting ask of a run first. */

import { Failure } from '../../../shared/failure.ts'
import type { Run } from '../../../shared/run.ts'

/**
 * The purposes are cases of the Failure.
 * @throws Failure `not-trained`
 */
export function requireTrained(
  { id, state }: Pick<Run, 'id' | 'state'>,
  purpose: 'score' | 'export' | 'report' | 'compare' | 'promote' | 'retrain',
): void {
  if (state === 'trained') return
  const isComing = purpose === 'score' && (state === 'training' || state === 'queued')
  if (isComing) throw new Failure('not-trained', { case: 'score-later', run: id, state })
  throw new Failure('not-trained', { case: purpose, run: id, state })
}
