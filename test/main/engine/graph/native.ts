/** Where the TensorFlow library is absent, tests of compiled graphs are skipped with this reason. */
import { describe } from 'vitest'
import { provider } from '../../../../src/main/engine/tensorflow.ts'
import { wordsIn } from '../../../../src/shared/messages/words.ts'

export const describeCompiled = (name: string, body: () => void): void => {
  if (provider.backend === 'tensorflow') describe(name, body)
  else describe.skip(`${name} (${wordsIn('en').text('reason', provider.why)})`, body)
}

/** Norm of the difference over the norm of the second. */
export function relativeDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY
  let difference = 0
  let size = 0
  for (const [i, value] of b.entries()) {
    difference += ((a[i] ?? Number.NaN) - value) ** 2
    size += value ** 2
  }
  return size === 0 ? Math.sqrt(difference) : Math.sqrt(difference / size)
}
