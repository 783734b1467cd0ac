/** The parameters of two runs beside each other. */
import type { JsonObject } from '../../../shared/values.ts'

interface ParameterPair {
  name: string
  /** Undefined where a run's system has no such parameter. */
  a: JsonObject[string] | undefined
  b: JsonObject[string] | undefined
  differs: boolean
}

/** Those that differ come first. Both groups are in the order of the second run. */
export function parameterPairs(a: JsonObject, b: JsonObject): ParameterPair[] {
  const names = [...new Set([...Object.keys(b), ...Object.keys(a)])]
  const pairs = names.map((name) => ({
    name,
    a: a[name],
    b: b[name],
    differs: JSON.stringify(a[name]) !== JSON.stringify(b[name]),
  }))
  return [...pairs.filter(({ differs }) => differs), ...pairs.filter(({ differs }) => !differs)]
}
