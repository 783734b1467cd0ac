/** Checks on a program's variables that both kinds of program make. */

import { Failure } from '../../../shared/failure.ts'
import type { Variable } from '../tensorflow.ts'

/** Throws a Failure `graph-variable` for a variable that a program cannot hold. */
export function checkVariables(variables: Readonly<Record<string, Variable>>): void {
  const keys = new Map<Variable, string>()
  for (const [key, variable] of Object.entries(variables)) {
    if (variable.dtype !== 'float32') {
      throw new Failure('graph-variable', { case: 'type', variable: key, type: variable.dtype })
    }
    const other = keys.get(variable)
    if (other !== undefined) {
      throw new Failure('graph-variable', { case: 'twice', other, variable: key })
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
      throw new Failure('graph-variable', { case: 'unknown', variable: key })
    }
    if (array.length !== variable.size) {
      throw new Failure('graph-variable', {
        case: 'size',
        variable: key,
        size: variable.size,
        count: array.length,
      })
    }
  }
}
