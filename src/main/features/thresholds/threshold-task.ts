/**
 * The thread that answers about thresholds. It stays alive while the workspace is open, because it answers from
 * memory.
 */

import { z } from 'zod'
import { type CallArguments, type CallOutput, calls } from '../../../shared/contract.ts'
import type { Session } from '../../session/session.ts'
import { defineResidentTask } from '../../threads/task.ts'
import type { ThresholdCall, ThresholdCallAnswers } from './threshold-answers.ts'

const names = [
  'threshold.validation',
  'threshold.distribution',
  'threshold.at',
  'threshold.choose',
  'threshold.flips',
  'point.list',
  'point.save',
  'point.use',
] as const satisfies readonly ThresholdCall[]

// The same object as `calls`, typed so that the input schema of a call belongs to the answer of the same call.
const schemas: {
  [N in ThresholdCall]: { input: z.ZodType<CallArguments<N>>; output: z.ZodType<CallOutput<N>> }
} = calls

/** Answers one call; runs in the thread. */
const answer = <N extends ThresholdCall>(
  answers: ThresholdCallAnswers,
  name: N,
  input: unknown,
): CallOutput<N> => answers[name](schemas[name].input.parse(input))

export const thresholdTask = defineResidentTask({
  name: 'thresholds',
  input: z.union([
    z.object({ name: z.enum(names), input: z.unknown() }),
    z.object({ name: z.literal('rescore'), input: z.string() }),
  ]),
  result: z.unknown(),
  async open({ db }) {
    const { createThresholdAnswers } = await import('./threshold-answers.ts')
    const answers = createThresholdAnswers(db)
    return (request) =>
      request.name === 'rescore'
        ? answers.rescore(request.input)
        : answer(answers.calls, request.name, request.input)
  },
})

/** A session, or a connection to a workspace that another process owns. */
type HasThreads = Pick<Session, 'threads'>

/** @throws Failure what the call throws, or `thread-died` */
export const askThresholds = async <N extends ThresholdCall>(
  { threads }: HasThreads,
  name: N,
  input: CallArguments<N>,
): Promise<CallOutput<N>> => schemas[name].output.parse(await threads.ask(thresholdTask, { name, input }))

/** See `rescore` of `ThresholdAnswers`. */
export async function rescore({ threads }: HasThreads, run: string): Promise<void> {
  await threads.ask(thresholdTask, { name: 'rescore', input: run })
}
