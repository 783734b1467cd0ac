/**
 * A compiled program as bytes, so that it can be kept and loaded again: most of the time of compiling goes into
 * recording the steps. Whoever keeps a program also has to know what it depends on.
 */

import { createHash } from 'node:crypto'
import { z } from 'zod'

/** What a step feeds and fetches, as names of nodes in the graph, and what was counted in it. */
const stepSchema = z.object({
  feeds: z.array(z.object({ input: z.string(), node: z.string() })),
  fetches: z.array(z.object({ output: z.string(), node: z.string() })),
  stats: z.object({
    recorded: z.number(),
    operations: z.record(z.string(), z.number()),
    flops: z.number(),
  }),
})

/** A graph with all steps of a program, as a SavedModel message. */
export interface CompiledGraph {
  readonly model: Uint8Array
  readonly steps: Readonly<Record<string, z.infer<typeof stepSchema>>>
}

/** Where compiled programs are kept. */
export interface ProgramCache {
  /**
   * The place of one program. The description says what the compiler knows of it: variables, inputs, precision,
   * device and library. What its steps compute is not in it.
   */
  place(description: string): ProgramPlace
}

export interface ProgramPlace {
  /** The graph that is kept there; null where there is none, or none that can be used. */
  find(): CompiledGraph | null
  /** Never throws: a program that cannot be kept is compiled again the next time. */
  keep(graph: CompiledGraph): void
}

const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

const newline = 10

/** The form is a digest of everything after it, one line of JSON about the steps, and the model. */
export function encodeProgram({ model, steps }: CompiledGraph): Uint8Array {
  const body = Buffer.concat([Buffer.from(`${JSON.stringify(steps)}\n`), model])
  return Buffer.concat([Buffer.from(`${digestOf(body)}\n`), body])
}

/** @throws Error where a byte has changed since the program was written */
export function decodeProgram(bytes: Uint8Array): CompiledGraph {
  const first = bytes.indexOf(newline)
  const body = bytes.subarray(first + 1)
  if (first < 0 || Buffer.from(bytes.subarray(0, first)).toString() !== digestOf(body)) {
    throw new Error('its digest is another')
  }
  const second = body.indexOf(newline)
  const steps = z
    .record(z.string(), stepSchema)
    .parse(JSON.parse(Buffer.from(body.subarray(0, second)).toString()))
  return { steps, model: body.subarray(second + 1) }
}
