import { z } from 'zod'
import {
  carryOverSchema,
  choiceContributionSchema,
  choiceOptionSchema,
  choiceReportSchema,
} from '../../../shared/choice.ts'
import { defineTask, defineWorkspaceTask, noProgress } from '../../threads/task.ts'
import { type ComparedOptions, choiceItemSchema, compareOptions, scoredRunSchema } from './compare-options.ts'

const comparedSchema: z.ZodType<ComparedOptions, ComparedOptions> = z.object({
  options: z.array(choiceOptionSchema),
  gain: choiceReportSchema.shape.gain,
  contributions: z.array(choiceContributionSchema),
  weight: z.number(),
})

export const compareOptionsTask = defineTask({
  name: 'compare-options',
  input: z.object({ items: z.array(choiceItemSchema), runs: z.array(scoredRunSchema), seed: z.int() }),
  progress: noProgress,
  result: comparedSchema,
  work: async ({ items, runs, seed }) => compareOptions(items, runs, seed),
})

export const carryOverTask = defineWorkspaceTask({
  name: 'carry-over',
  input: choiceReportSchema,
  progress: noProgress,
  result: carryOverSchema,
  async work({ db }, report) {
    const { carryOver } = await import('./carry-over.ts')
    return carryOver(db, report)
  },
})
