/** Checks on a program's variables that both kinds of program make. */

import { Failure } from '../../../shared/failure.ts'
import type { Variable } from '../tensorflow.ts'

/** Throws a Failure `graph-variable` for a variable that a program cannot hold. */
export function checkVariables(variables: Readonly<Record<string, Variable>>): void {
  const keys = new Map<Variable, string>()
  for (const [key, variable] of Object.entries(variables)) {
    if (variable.dtype !== 'float32') {
      throw new Failure(
        'graph-variable',
        `The variable ${key} is ${variable.dtype}; variables of a program are float32.`,
        'Make it float32, or pass it as an input.',
      )
    }
    const other = keys.get(variable)
    if (other !== undefined) {
      throw new Failure(
        'graph-variable',
        `The variables ${other} and ${key} are the same variable.`,
        'List each variable once.',
      )
    }
    keys.set(variable, key)
  }
}

/** Throws a Failure `graph-variable` for values that do not belong to a variable or do not fit it. */
export function checkValues(
  variables: Readonly<Record<string, Variable>>,
  values: Readonly<Record<string, Float32Array>>,
): void {
  for (const [key, array] of Object.entries(values)) {
    const variable = variables[key]
    if (variable === undefined) {
      throw new Failure('graph-variable', `There is no variable ${key}.`, 'Use values of the same networks.')
    }
    if (array.length !== variable.size) {
      throw new Failure(
        'graph-variable',
        `The variable ${key} holds ${variable.size} numbers, not ${array.length}.`,
        'Use values of networks of the same size.',
      )
    }
  }
}
