/**
 * Checks of a program's variables that graphs and eager programs have in common, and how a recording tells variables
 * apart.
 */

import { Failure } from '../../../shared/failure.ts'
import { tf, type Variable } from '../tensorflow.ts'

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

/**
 * Gives each variable data of its own where `tf.variable(other)` has made several share the same data. A recording
 * could not tell them apart, and a step would read and write the wrong one.
 */
export function separate(variables: Iterable<Variable>): void {
  const holders = new Map<object, number>()
  for (const { dataId } of Object.values(tf.engine().registeredVariables)) {
    holders.set(dataId, (holders.get(dataId) ?? 0) + 1)
  }
  for (const variable of variables) {
    if ((holders.get(variable.dataId) ?? 0) > 1) variable.assign(tf.add(variable, 0))
  }
}

/** All variables except these, with the data that they hold at the moment. */
export function dataOfOthers(own: ReadonlyMap<Variable, unknown>): Map<Variable, object> {
  const others = Object.values(tf.engine().registeredVariables).filter((variable) => !own.has(variable))
  return new Map(others.map((variable) => [variable, variable.dataId]))
}
