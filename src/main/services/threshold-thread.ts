/** Main's side of the thread that answers about thresholds, kept for its memory. */
// A native library must be loaded by main before a thread loads it: it could not be unloaded with the thread.
import 'sharp'
import { z } from 'zod'
import { type CallArguments, type CallOutput, calls } from '../../shared/contract.ts'
import type { DeskCall, DeskCalls } from '../thresholds/desk.ts'
import { createDeskThread } from './desk-thread.ts'

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

export const deskRequestSchema = z.union([
  z.object({ name: z.enum(names), input: z.unknown() }),
  z.object({ name: z.literal('rescore'), input: z.string() }),
])
// The same object as `calls`, seen so that one schema's input belongs to the same call's answer.
const schemas: { [N in DeskCall]: { input: z.ZodType<CallArguments<N>>; output: z.ZodType<CallOutput<N>> } } =
  calls

/** In the thread: one call. */
export const answerDesk = <N extends DeskCall>(desk: DeskCalls, name: N, input: unknown): CallOutput<N> =>
  desk[name](schemas[name].input.parse(input))

export interface Thresholds {
  /** @throws Failure what the call throws, or `thread-died` */
  ask<N extends DeskCall>(name: N, input: CallArguments<N>): Promise<CallOutput<N>>
  /** See `Desk`. */
  rescore(run: string): Promise<void>
  close(): Promise<void>
}

export function createThresholds(dir: string): Thresholds {
  const thread = createDeskThread('threshold-worker', dir, 'thresholds')
  return {
    ask: async (name, input) => schemas[name].output.parse(await thread.ask({ name, input })),
    rescore: async (run) => void (await thread.ask({ name: 'rescore', input: run })),
    close: () => thread.close(),
  }
}
