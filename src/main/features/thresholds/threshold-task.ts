/** Main's side of the thread that answers about thresholds, kept for its memory. */

import { z } from 'zod'
import { type CallArguments, type CallOutput, calls } from '../../../shared/contract.ts'
import type { Session } from '../../session/session.ts'
import { defineResidentTask } from '../../threads/task.ts'
import type { DeskCall, DeskCalls } from './desk.ts'

const names = [
  'threshold.validation',
  'threshold.distribution',
  'threshold.at',
  'threshold.choose',
  'threshold.flips',
  'point.list',
  'point.save',
  'point.use',
] as const satisfies readonly DeskCall[]

// The same object as `calls`, seen so that one schema's input belongs to the same call's answer.
const schemas: { [N in DeskCall]: { input: z.ZodType<CallArguments<N>>; output: z.ZodType<CallOutput<N>> } } =
  calls

/** In the thread: one call. */
const answer = <N extends DeskCall>(desk: DeskCalls, name: N, input: unknown): CallOutput<N> =>
  desk[name](schemas[name].input.parse(input))

export const thresholdTask = defineResidentTask({
  name: 'thresholds',
  input: z.union([
    z.object({ name: z.enum(names), input: z.unknown() }),
    z.object({ name: z.literal('rescore'), input: z.string() }),
  ]),
  result: z.unknown(),
  async open({ db }) {
    const { createDesk } = await import('./desk.ts')
    const desk = createDesk(db)
    return (request) =>
      request.name === 'rescore'
        ? desk.rescore(request.input)
        : answer(desk.calls, request.name, request.input)
  },
})

/** Anything with the threads of a workspace: a session, or what acts beside its owner. */
type Asking = Pick<Session, 'threads'>

/** @throws Failure what the call throws, or `thread-died` */
export const askThresholds = async <N extends DeskCall>(
  { threads }: Asking,
  name: N,
  input: CallArguments<N>,
): Promise<CallOutput<N>> => schemas[name].output.parse(await threads.ask(thresholdTask, { name, input }))

/** See `Desk`. */
export async function rescore({ threads }: Asking, run: string): Promise<void> {
  await threads.ask(thresholdTask, { name: 'rescore', input: run })
}
