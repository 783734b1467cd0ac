import { z } from 'zod'
// A native library must be loaded by main before a thread loads it: it could not be unloaded with the thread.
import 'sharp'
import type { CarryOver, ChoiceReport } from '../../../shared/choice.ts'
import { carryOverSchema, choiceOptionSchema, choiceReportSchema } from '../../../shared/choice.ts'
import type { Workspace } from '../../store/workspace.ts'
import { runInThread } from '../../threads/run-in-thread.ts'
import {
  type ChoiceItem,
  type ComparedOptions,
  choiceItemSchema,
  type ScoredRun,
  scoredRunSchema,
} from './compare-options.ts'

/** What the thread is given. Only a carry-over gets at the workspace. */
export const choiceTaskSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('compare'),
    items: z.array(choiceItemSchema),
    runs: z.array(scoredRunSchema),
    seed: z.int(),
  }),
  z.object({ kind: z.literal('carry-over'), dir: z.string(), report: choiceReportSchema }),
])

const comparedSchema: z.ZodType<ComparedOptions> = z.object({
  options: z.array(choiceOptionSchema),
  gain: choiceReportSchema.shape.gain,
  weight: z.number(),
})

/** `compareOptions` beside main. */
export function compareInThread(
  items: ChoiceItem[],
  runs: ScoredRun[],
  seed: number,
): Promise<ComparedOptions> {
  const task: z.input<typeof choiceTaskSchema> = { kind: 'compare', items, runs, seed }
  return runInThread('choice-worker', task, { progress: z.never(), result: comparedSchema })
}

/** `carryOver` beside main. */
export function carryOverInThread(workspace: Workspace, report: ChoiceReport): Promise<CarryOver> {
  const task: z.input<typeof choiceTaskSchema> = { kind: 'carry-over', dir: workspace.dir, report }
  return runInThread('choice-worker', task, { progress: z.never(), result: carryOverSchema })
}
