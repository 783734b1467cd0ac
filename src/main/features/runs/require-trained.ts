/** The check that scoring, comparing and exporting do first: the run must be trained. */

import { Failure } from '../../../shared/failure.ts'
import type { Run } from '../../../shared/run.ts'

/**
 * The purposes are the cases of the Failure's wording.
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
