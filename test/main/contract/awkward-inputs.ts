/** Inputs of calls as broken windows and attackers send them. */
import { join } from 'node:path'
import fc from 'fast-check'
import type { CallName } from '../../../src/shared/contract.ts'
import { callExamples } from '../shell/contract-examples.ts'
import { callNames } from '../shell/recorded-application.ts'

/** Calls that would start programs or work beyond a test; and closing, after which the others would have nothing. */
const leftOut = new Set(['engine.start', 'app.doctor', 'workspace.close', 'workspace.restore', 'sample.open'])

export const awkwardCalls: readonly CallName[] = callNames.filter((name) => !leftOut.has(name))

const values = fc.oneof(
  fc.constantFrom('', '..', 'toString', '__proto__', 'ü'.repeat(300), 'a'.repeat(5000), '\ud800'),
  fc.string(),
  fc.integer(),
  fc.constantFrom(null, true, -1, 1e308, [], {}, [[]]),
)

/** Paths below the folder, so that nothing is written elsewhere. */
const pathsBelow = (folder: string) =>
  fc
    .constantFrom('absent', 'file', 'file/below', 'ü'.repeat(300), 'a/'.repeat(2500), 'line', 'line/images')
    .map((path) => join(folder, path))

/**
 * What the fields of a call may hold: what its example has, and what is awkward there. Texts that begin with a slash
 * are paths, which stay below the folder.
 */
export function awkwardInput(name: CallName, folder: string): fc.Arbitrary<unknown> {
  const field = (example: unknown) =>
    typeof example === 'string' && example.startsWith('/')
      ? pathsBelow(folder)
      : fc.oneof(fc.constant(example), values)
  const fields = Object.entries(callExamples[name].input).map(([key, example]) => [key, field(example)])
  return fc.record(Object.fromEntries(fields))
}
