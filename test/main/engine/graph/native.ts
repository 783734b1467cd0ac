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

/** The largest relative difference among tensors of the same names; infinite where the names differ. */
export function largestDifference(
  ours: Readonly<Record<string, ArrayLike<number>>>,
  theirs: Readonly<Record<string, ArrayLike<number>>>,
): number {
  if (Object.keys(ours).join() !== Object.keys(theirs).join()) return Number.POSITIVE_INFINITY
  return Math.max(
    ...Object.entries(theirs).map(([name, values]) =>
      relativeDifference(Float32Array.from(ours[name] ?? []), Float32Array.from(values)),
    ),
  )
}

/**
 * How far two ways to take the same steps are apart, on that of three series of inputs where they are closest; once
 * one is within the tolerance, the others are not needed.
 *
 * Two ways round differently, by some 1e-7 of a number, and over twenty steps that nearly always stays so. But where
 * it takes a unit to the other side of the kink of a leaky ReLU, the gradient jumps, and an optimizer that divides by
 * the size of gradients makes 1e-4 of the weights of it. That depends on the processor and on the inputs: of 42
 * trainings whose inputs were moved by 2^-24 it happened to 2, so in all three of a case to one in 8,000. Steps that
 * compute something else are apart on each series.
 */
export function closest(tolerance: number, differenceOn: (series: number) => number): number {
  let least = Number.POSITIVE_INFINITY
  for (let series = 0; series < 3 && !(least < tolerance); series++) {
    least = Math.min(least, differenceOn(series))
  }
  return least
}
