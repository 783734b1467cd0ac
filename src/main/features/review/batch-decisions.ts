/** Decisions on many parts as one deed, beside main: main answers others meanwhile. */
import { z } from 'zod'
import { type Split, splitSchema } from '../../../shared/image.ts'
import { decisionSchema } from '../../../shared/review.ts'
import { type Id, imageIdSchema } from '../../../shared/values.ts'
import type { Workspace } from '../../store/workspace.ts'
import { runInThread } from '../../threads/run-in-thread.ts'

/** What the thread is given. */
export const batchTaskSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('accept'),
    dir: z.string(),
    runId: z.string(),
    split: splitSchema.optional(),
    operatorId: z.int(),
  }),
  z.object({ kind: z.literal('undo'), dir: z.string(), batchId: z.int(), operatorId: z.int() }),
])
type Task = z.input<typeof batchTaskSchema>

const progress = z.unknown()
const acceptedSchema = z.array(imageIdSchema)
const undoneSchema = z.object({ undone: decisionSchema, count: z.int() }).nullable()

/** See `acceptUndecided`. */
export function acceptInThread(
  { dir }: Workspace,
  values: { runId: Id; split?: Split | undefined; operatorId: number },
): Promise<z.output<typeof acceptedSchema>> {
  const task: Task = { kind: 'accept', dir, ...values }
  return runInThread('batch-worker', task, { progress, result: acceptedSchema })
}

/** See `undoBatch`. */
export function undoInThread(
  { dir }: Workspace,
  values: { batchId: number; operatorId: number },
): Promise<z.output<typeof undoneSchema>> {
  const task: Task = { kind: 'undo', dir, ...values }
  return runInThread('batch-worker', task, { progress, result: undoneSchema })
}
