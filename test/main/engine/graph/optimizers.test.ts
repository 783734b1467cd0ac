import { describe, expect, it } from 'vitest'
import { compile } from '../../../../src/main/engine/graph/compile.ts'
import {
  adam,
  gradientDescent,
  type Optimizer,
  rmsprop,
} from '../../../../src/main/engine/graph/optimizers.ts'
import { provider, tf, type Variable } from '../../../../src/main/engine/tensorflow.ts'
import { createRandom } from '../../../../src/main/platform/random.ts'
import { relativeDifference } from './native.ts'

const size = 5
const rate = 0.01
const steps = 25

/** The papers' formulas in double precision; each returns the weight after one more gradient. */
const formulas: Record<string, () => (w: number, g: number) => number> = {
  adam: () => {
    let [m, v, t] = [0, 0, 0]
    return (w, g) => {
      t++
      m = 0.5 * m + 0.5 * g
      v = 0.9 * v + 0.1 * g * g
      const corrected = (rate * Math.sqrt(1 - 0.9 ** t)) / (1 - 0.5 ** t)
      return w - (corrected * m) / (Math.sqrt(v) + 1e-8)
    }
  },
  rmsprop: () => {
    let s = 0
    return (w, g) => {
      s = 0.9 * s + 0.1 * g * g
      return w - (rate * g) / Math.sqrt(s + 1e-8)
    }
  },
  gradientDescent: () => (w, g) => w - rate * g,
}

const optimizers: Record<string, (weights: Record<string, Variable>) => Optimizer> = {
  adam: (weights) => adam(weights, { beta1: 0.5, beta2: 0.9 }),
  rmsprop: (weights) => rmsprop(weights, { decay: 0.9 }),
  gradientDescent,
}

const modes = provider.backend === 'tensorflow' ? (['compiled', 'eager'] as const) : (['eager'] as const)

describe.each(modes)('an optimizer, %s', (mode) => {
  it.each(Object.keys(optimizers))('%s follows its formula', (name) => {
    const random = createRandom(3)
    const start = Array.from({ length: size }, () => random.normal())
    const w = tf.tidy(() => tf.variable(tf.tensor1d(start)))
    const optimizer = optimizers[name]?.({ w })
    if (optimizer === undefined) throw new Error(name)
    const step = compile(
      {
        variables: { w, ...optimizer.slots },
        inputs: { g: { shape: [size] }, rate: { shape: [] } },
        step: ({ g, rate }) => {
          optimizer.apply({ w: g }, rate)
          return {}
        },
      },
      { mode },
    )
    const updates = start.map(() => formulas[name]?.())
    let expected = start
    for (let i = 0; i < steps; i++) {
      const g = random.fillNormal(new Float32Array(size))
      step.run({ g, rate })
      expected = expected.map((value, j) => updates[j]?.(value, g[j] ?? Number.NaN) ?? Number.NaN)
    }
    const found = step.readVariables().w ?? new Float32Array()
    expect(relativeDifference(found, Float32Array.from(expected))).toBeLessThan(1e-5)
    step.dispose()
    tf.dispose([w, ...Object.values(optimizer.slots)])
  })

  it('updates a weight twice in one step, each time from the value before', () => {
    const w = tf.tidy(() => tf.variable(tf.tensor1d([1])))
    const optimizer = gradientDescent({ w })
    const step = compile(
      {
        variables: { w },
        inputs: {},
        step: () => {
          const before = tf.mul(w, 1)
          optimizer.apply({ w: tf.mul(w, 1) }, tf.scalar(0.5))
          const between = tf.mul(w, 1)
          optimizer.apply({ w: tf.mul(w, 1) }, tf.scalar(0.5))
          return { before, between, after: tf.mul(w, 1) }
        },
      },
      { mode },
    )
    const floats = (value: number) => Float32Array.of(value)
    expect(step.run({})).toEqual({ before: floats(1), between: floats(0.5), after: floats(0.25) })
    expect(step.run({})).toEqual({ before: floats(0.25), between: floats(0.125), after: floats(0.0625) })
    step.dispose()
    w.dispose()
  })

  it('updates a weight that the step has assigned before', () => {
    const w = tf.tidy(() => tf.variable(tf.tensor1d([1])))
    const optimizer = gradientDescent({ w })
    const step = compile(
      {
        variables: { w },
        inputs: {},
        step: () => {
          w.assign(tf.mul(w, 10))
          optimizer.apply({ w: tf.tensor1d([1]) }, tf.scalar(3))
          w.assign(tf.add(w, 0.5))
          return {}
        },
      },
      { mode },
    )
    step.run({})
    expect(step.readVariables().w).toEqual(Float32Array.of(7.5))
    step.run({})
    expect(step.readVariables().w).toEqual(Float32Array.of(72.5))
    step.dispose()
    w.dispose()
  })

  it('refuses a weight without a gradient', () => {
    const w = tf.tidy(() => tf.variable(tf.tensor1d([1])))
    expect(() => gradientDescent({ w }).apply({}, tf.scalar(1))).toThrow('The weight w has no gradient')
    w.dispose()
  })
})
