/** Thread tasks that make or undo decisions on many parts at once. */
import { z } from 'zod'
import { splitSchema } from '../../../shared/image.ts'
import { decisionSchema } from '../../../shared/review.ts'
import { imageIdSchema } from '../../../shared/values.ts'
import { acceptUndecided, undoBatch } from '../../store/decisions.ts'
import { findRun } from '../../store/runs.ts'
import { defineWorkspaceTask, noProgress } from '../../threads/task.ts'
import { verdictsOf } from './flags.ts'

export const acceptUndecidedTask = defineWorkspaceTask({
  name: 'accept-undecided',
  input: z.object({
    runId: z.string(),
    split: splitSchema.optional(),
    operatorId: z.int(),
    flaggedToo: z.boolean(),
  }),
  progress: noProgress,
  result: z.array(imageIdSchema),
  work: async ({ db }, { flaggedToo, ...request }) => {
    if (flaggedToo) return acceptUndecided(db, request)
    const verdict = verdictsOf(db, findRun(db, request.runId))
    return acceptUndecided(db, {
      ...request,
      accepts: (image, score) => verdict(image, score) !== 'flagged',
    })
  },
})

export const undoBatchTask = defineWorkspaceTask({
  name: 'undo-batch',
  input: z.object({ batchId: z.int(), operatorId: z.int() }),
  progress: noProgress,
  result: z.object({ undone: decisionSchema, count: z.int() }).nullable(),
  work: async ({ db }, request) => undoBatch(db, request),
})
