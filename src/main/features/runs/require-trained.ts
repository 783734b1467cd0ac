/** What scoring, comparing and exporting ask of a run first. */

import { Failure } from '../../../shared/failure.ts'
import type { Run } from '../../../shared/run.ts'

/** @throws Failure `not-trained` */
export function requireTrained(run: Run): void {
  if (run.state === 'trained') return
  throw new Failure(
    'not-trained',
    `The run ${run.id} is ${run.state}: it has no finished model to score with.`,
    run.state === 'training' || run.state === 'queued'
      ? 'Wait until its training is done.'
      : `Finish its training first: fanoscope train --resume ${run.id}`,
  )
}
