import { expect, it } from 'vitest'
import { fanoganInputs, fanoganPrograms } from '../../../../bench/steps.ts'
import { compile, compileAll, defineStep } from '../../../../src/main/engine/graph/compile.ts'
import { encoder } from '../../../../src/main/engine/networks/dcgan.ts'
import { createWeights } from '../../../../src/main/engine/networks/weights.ts'
import { tf } from '../../../../src/main/engine/tensorflow.ts'
import { createRandom } from '../../../../src/main/platform/random.ts'
import { describeCompiled, relativeDifference } from './native.ts'

const shape = { size: 32, channels: 1, width: 8, latent: 16 }
const batch = 8
const names = ['critic', 'generator', 'encoder', 'score'] as const
type Mode = 'compiled' | 'eager'

/** The three programs as one, on fresh weights. */
function makePrograms(mode: Mode) {
  const { gan, encoding, scoring, dispose } = fanoganPrograms(shape, batch)
  const programs = {
    gan: compileAll(gan, { mode }),
    encoding: compileAll(encoding, { mode }),
    scoring: compileAll(scoring, { mode }),
  }
  return {
    steps: { ...programs.gan.steps, ...programs.encoding.steps, ...programs.scoring.steps },
    readWeights: () => {
      const all = { ...programs.gan.readVariables(), ...programs.encoding.readVariables() }
      return Object.fromEntries(Object.entries(all).filter(([name]) => !name.includes('Adam:')))
    },
    dispose() {
      for (const program of Object.values(programs)) program.dispose()
      dispose()
    },
  }
}

/** What 20 steps return, one step after the other, and the weights that they leave. */
function twentySteps(mode: Mode, name: (typeof names)[number]) {
  const { steps, readWeights, dispose } = makePrograms(mode)
  const outputs: Record<string, number[]> = {}
  for (let i = 0; i < 20; i++) {
    for (const [output, values] of Object.entries(steps[name].run(fanoganInputs(shape, batch, i)))) {
      outputs[output] = [...(outputs[output] ?? []), ...values]
    }
  }
  const weights = readWeights()
  dispose()
  return { outputs, weights }
}

function expectEqual(
  ours: Record<string, ArrayLike<number>>,
  theirs: Record<string, ArrayLike<number>>,
  tolerance: number,
): void {
  expect(Object.keys(ours)).toEqual(Object.keys(theirs))
  for (const [name, values] of Object.entries(theirs)) {
    const own = Float32Array.from(ours[name] ?? [])
    expect(relativeDifference(own, Float32Array.from(values)), name).toBeLessThan(tolerance)
  }
}

describeCompiled('the steps of f-AnoGAN, compiled', () => {
  it.each(names)('%s: equal eager ones over 20 steps to 1e-5', (name) => {
    const [compiled, eager] = [twentySteps('compiled', name), twentySteps('eager', name)]
    expectEqual(compiled.outputs, eager.outputs, 1e-5)
    expectEqual(compiled.weights, eager.weights, 1e-5)
  })

  it('critic and generator: train in turn on the same weights', () => {
    const run = (mode: Mode) => {
      const { steps, readWeights, dispose } = makePrograms(mode)
      const losses: number[] = []
      for (let i = 0; i < 10; i++) {
        const inputs = fanoganInputs(shape, batch, i)
        losses.push(...steps.critic.run(inputs).loss, ...steps.generator.run(inputs).loss)
      }
      const weights = readWeights()
      dispose()
      return { losses, ...weights }
    }
    expectEqual(run('compiled'), run('eager'), 1e-5)
  })

  it('repeat bit for bit', () => {
    expect(twentySteps('compiled', 'critic')).toEqual(twentySteps('compiled', 'critic'))
  })

  it('keep moving averages of batch norm', () => {
    const run = (mode: Mode) => {
      const weights = createWeights('encoder', createRandom(1))
      tf.tidy(() => encoder(weights, shape, tf.zeros([1, 32, 32, 1]), { from: 'batch' }))
      const step = compile(
        {
          variables: weights.variables,
          inputs: { x: { shape: [batch, 32, 32, 1] } },
          step: ({ x }) => {
            const z = encoder(weights, shape, x, {
              from: 'observed',
              observe: (layer, mean, variance) => {
                for (const [kind, now] of Object.entries({ mean, variance })) {
                  const average = weights.variables[`encoder/${layer}/${kind}`]
                  average?.assign(tf.add(tf.mul(average, 0.9), tf.mul(now, 0.1)))
                }
              },
            })
            return { z, later: encoder(weights, shape, x, { from: 'measured' }) }
          },
        },
        { mode },
      )
      const outputs: Record<string, Float32Array> = {}
      for (let i = 0; i < 20; i++) {
        const { z, later } = step.run(fanoganInputs(shape, batch, i))
        outputs[`z${i}`] = z
        outputs[`later${i}`] = later
      }
      const result = { ...outputs, ...step.readVariables() }
      step.dispose()
      tf.dispose(weights.variables)
      return result
    }
    expectEqual(run('compiled'), run('eager'), 1e-5)
  })
})

describeCompiled('batches of two sizes', () => {
  it('are two steps on the same weights', () => {
    const w = tf.tidy(() => tf.variable(tf.tensor1d([1, 2])))
    const sized = (count: number) =>
      defineStep({
        inputs: { x: { shape: [count, 2] } },
        step: ({ x }) => {
          w.assign(tf.add(w, tf.mean(x, 0)))
          return { y: tf.sum(tf.mul(x, w), 1) }
        },
      })
    const program = compileAll(
      { variables: { w }, steps: { whole: sized(4), last: sized(3) } },
      { mode: 'compiled' },
    )
    expect(program.steps.whole.run({ x: new Float32Array(8).fill(1) }).y).toEqual(new Float32Array(4).fill(5))
    expect(program.steps.last.run({ x: new Float32Array(6).fill(1) }).y).toEqual(new Float32Array(3).fill(7))
    expect(program.readVariables().w).toEqual(Float32Array.of(3, 4))
    program.dispose()
    w.dispose()
  })
})
