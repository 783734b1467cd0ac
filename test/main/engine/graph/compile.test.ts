import { afterEach, expect, it, vi } from 'vitest'
import {
  compile,
  compileAll,
  defineStep,
  type StepDefinition,
} from '../../../../src/main/engine/graph/compile.ts'
import { adam } from '../../../../src/main/engine/graph/optimizers.ts'
import { type Tensor, tf, type Variable } from '../../../../src/main/engine/tensorflow.ts'
import { createRandom } from '../../../../src/main/platform/random.ts'
import { Failure } from '../../../../src/shared/failure.ts'
import { describeCompiled } from './native.ts'

const compiled = { mode: 'compiled' } as const

const variables: Variable[] = []
function variable(...values: number[]): Variable {
  const made = tf.tidy(() => tf.variable(tf.tensor1d(values)))
  variables.push(made)
  return made
}

afterEach(() => {
  tf.dispose(variables.splice(0))
})

function failureOf(run: () => unknown): Failure {
  try {
    run()
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
  throw new Error('nothing failed')
}

describeCompiled('a compiled step', () => {
  it('computes from its inputs', () => {
    const step = compile(
      {
        variables: {},
        inputs: { a: { shape: [2] }, b: { shape: [] } },
        step: ({ a, b }) => ({ sum: tf.add(a, b), product: tf.mul(a, b) }),
      },
      compiled,
    )
    const result = step.run({ a: Float32Array.of(1, 2), b: 10 })
    expect(result).toEqual({ sum: Float32Array.of(11, 12), product: Float32Array.of(10, 20) })
    step.dispose()
  })

  it('takes tensors, integers and booleans', () => {
    const step = compile(
      {
        variables: {},
        inputs: { a: { shape: [2] }, i: { shape: [2], dtype: 'int32' }, b: { shape: [2], dtype: 'bool' } },
        step: ({ a, i, b }) => ({ y: tf.where(b, a, tf.cast(i, 'float32')) }),
      },
      compiled,
    )
    const a = tf.tensor1d([0.5, 1.5])
    expect(step.run({ a, i: Int32Array.of(7, 8), b: Uint8Array.of(1, 0) }).y).toEqual(Float32Array.of(0.5, 8))
    a.dispose()
    step.dispose()
  })

  it('gives the same bits for the same inputs', () => {
    const random = createRandom(1)
    const step = compile(
      {
        variables: {},
        inputs: { x: { shape: [8, 16, 16, 3] }, w: { shape: [4, 4, 3, 32] } },
        step: ({ x, w }) => ({ y: tf.conv2d(x.as4D(8, 16, 16, 3), w.as4D(4, 4, 3, 32), 2, 'same') }),
      },
      compiled,
    )
    const x = random.fillNormal(new Float32Array(8 * 16 * 16 * 3))
    const w = random.fillNormal(new Float32Array(4 * 4 * 3 * 32))
    expect(step.run({ x, w })).toEqual(step.run({ x, w }))
    step.dispose()
  })

  it('differentiates twice', () => {
    const w = variable(2)
    const step = compile(
      {
        variables: { w },
        inputs: { x: { shape: [1] } },
        // d/dw (d/dx w^2 x^3)^2 = d/dw 9 w^4 x^4 = 36 w^3 x^4
        step: ({ x }) => {
          const slope = (at: Tensor) => tf.grad((h) => tf.mul(tf.square(w), tf.mul(h, tf.square(h))))(at)
          const { grads } = tf.variableGrads(() => tf.square(slope(x)).sum().asScalar(), [w])
          return { gradient: grads[w.name] ?? tf.scalar(0) }
        },
      },
      compiled,
    )
    expect(step.run({ x: Float32Array.of(3) }).gradient[0]).toBeCloseTo(36 * 8 * 81, 0)
    step.dispose()
  })

  it('needs no outputs', () => {
    const v = variable(1)
    const step = compile(
      {
        variables: { v },
        inputs: {},
        step: () => {
          v.assign(tf.mul(v, 2))
          return {}
        },
      },
      compiled,
    )
    step.run({})
    step.run({})
    expect(step.readVariables().v).toEqual(Float32Array.of(4))
    step.dispose()
  })

  it('keeps the number of tensors and the memory of sessions constant', () => {
    const v = variable(1, 2)
    const step = compile(
      {
        variables: { v },
        inputs: { x: { shape: [2] } },
        step: ({ x }) => {
          v.assign(tf.add(v, x))
          return { y: tf.sum(v) }
        },
      },
      compiled,
    )
    const run = (): void => void step.run({ x: Float32Array.of(1, 1) })
    run()
    const before = tf.memory()
    const native = Object(tf.backend()).getNumOfTFTensors()
    for (let i = 0; i < 50; i++) run()
    expect(tf.memory().numTensors).toBe(before.numTensors)
    expect(Object(tf.backend()).getNumOfTFTensors()).toBe(native)
    step.dispose()
  })

  it('refuses inputs of another shape, type or name', () => {
    const step = compile(
      { variables: {}, inputs: { x: { shape: [2] } }, step: ({ x }) => ({ y: x }) },
      compiled,
    )
    for (const x of [Float32Array.of(1), Int32Array.of(1, 2), 3]) {
      expect(failureOf(() => step.run({ x })).code).toBe('graph-input')
    }
    const missing: Record<string, Float32Array> = {}
    expect(failureOf(() => step.run(Object.assign({ x: Float32Array.of(1) }, missing))).message).toContain(
      '[2]',
    )
    step.dispose()
  })
})

describeCompiled('variables of a program', () => {
  it('are shared by its steps and leave the tfjs variables alone until they are pulled', () => {
    const v = variable(1)
    const program = compileAll(
      {
        variables: { v },
        steps: {
          double: defineStep({
            inputs: {},
            step: () => {
              v.assign(tf.mul(v, 2))
              return { v }
            },
          }),
          read: defineStep({ inputs: {}, step: () => ({ v }) }),
        },
      },
      compiled,
    )
    program.steps.double.run({})
    program.steps.double.run({})
    expect(program.steps.read.run({}).v).toEqual(Float32Array.of(4))
    expect(v.dataSync()).toEqual(Float32Array.of(1))
    program.pullVariables()
    expect(v.dataSync()).toEqual(Float32Array.of(4))
    program.dispose()
  })

  it('are read as they were before an assignment and as they are after it', () => {
    const v = variable(5)
    const step = compile(
      {
        variables: { v },
        inputs: {},
        step: () => {
          const before = tf.mul(v, 1)
          v.assign(tf.add(v, 1))
          return { before, after: tf.mul(v, 1) }
        },
      },
      compiled,
    )
    expect(step.run({})).toEqual({ before: Float32Array.of(5), after: Float32Array.of(6) })
    expect(step.run({})).toEqual({ before: Float32Array.of(6), after: Float32Array.of(7) })
    step.dispose()
  })

  it('can swap their values', () => {
    const [a, b] = [variable(1), variable(2)]
    const step = compile(
      {
        variables: { a, b },
        inputs: {},
        step: () => {
          const held = tf.clone(a)
          a.assign(b)
          b.assign(held)
          return {}
        },
      },
      compiled,
    )
    step.run({})
    expect(step.readVariables()).toEqual({ a: Float32Array.of(2), b: Float32Array.of(1) })
    step.run({})
    expect(step.readVariables()).toEqual({ a: Float32Array.of(1), b: Float32Array.of(2) })
    step.dispose()
  })

  it('that were made from one another are read and written each by itself', () => {
    const first = variable(1)
    const follower = tf.tidy(() => tf.variable(first))
    variables.push(follower)
    const program = compileAll(
      {
        variables: { first, follower },
        steps: {
          move: defineStep({
            inputs: {},
            step: () => {
              first.assign(tf.add(first, 10))
              follower.assign(tf.add(tf.mul(follower, 0.5), tf.mul(first, 0.5)))
              return {}
            },
          }),
          look: defineStep({
            inputs: {},
            step: () => ({ first: tf.mul(first, 1), follower: tf.mul(follower, 1) }),
          }),
        },
      },
      compiled,
    )
    program.steps.move.run({})
    const wanted = { first: Float32Array.of(11), follower: Float32Array.of(6) }
    expect(program.steps.look.run({})).toEqual(wanted)
    expect(program.readVariables()).toEqual(wanted)
    program.dispose()
  })

  it('keep what an input gave them after the input has changed', () => {
    const v = variable(0, 0)
    const step = compile(
      {
        variables: { v },
        inputs: { x: { shape: [1, 2] } },
        step: ({ x }) => {
          v.assign(x.as1D())
          return {}
        },
      },
      compiled,
    )
    const x = Float32Array.of(1, 2)
    step.run({ x })
    x.fill(9)
    expect(step.readVariables().v).toEqual(Float32Array.of(1, 2))
    step.dispose()
  })

  it('continue identically after being read out and written into another program', () => {
    const make = () => {
      const w = variable(0.5, -0.25, 1)
      const optimizer = adam({ w })
      variables.push(...Object.values(optimizer.slots))
      return compile(
        {
          variables: { w, ...optimizer.slots },
          inputs: { x: { shape: [3] } },
          step: ({ x }) => {
            const { value, grads } = tf.variableGrads(
              () =>
                tf
                  .square(tf.sub(tf.mul(w, x), 1))
                  .sum()
                  .asScalar(),
              [w],
            )
            optimizer.apply({ w: grads[w.name] }, tf.scalar(0.1))
            return { loss: value }
          },
        },
        compiled,
      )
    }
    const x = Float32Array.of(1, 2, 3)
    const [first, second] = [make(), make()]
    for (let i = 0; i < 5; i++) first.run({ x })
    second.writeVariables(first.readVariables())
    for (let i = 0; i < 5; i++) expect(second.run({ x })).toEqual(first.run({ x }))
    expect(second.readVariables()).toEqual(first.readVariables())
    first.dispose()
    second.dispose()
  })

  it('can be written one at a time', () => {
    const [a, b] = [variable(1), variable(2, 3)]
    const step = compile({ variables: { a, b }, inputs: {}, step: () => ({}) }, compiled)
    step.writeVariables({ b: Float32Array.of(8, 9) })
    expect(step.readVariables()).toEqual({ a: Float32Array.of(1), b: Float32Array.of(8, 9) })
    expect(failureOf(() => step.writeVariables({ c: Float32Array.of(1) })).message).toContain('no variable c')
    expect(failureOf(() => step.writeVariables({ b: Float32Array.of(1) })).code).toBe('graph-variable')
    step.dispose()
  })

  it('that are not listed are constants', () => {
    const v = variable(3)
    const step = compile({ variables: {}, inputs: {}, step: () => ({ v: tf.mul(v, 2) }) }, compiled)
    v.assign(tf.tensor1d([100]))
    expect(step.run({}).v).toEqual(Float32Array.of(6))
    step.dispose()
  })

  it('keep their values and their number while a program is compiled', () => {
    const v = variable(1)
    const before = tf.memory().numTensors
    const step = compile(
      {
        variables: { v },
        inputs: {},
        step: () => {
          v.assign(tf.add(v, 1))
          return { v }
        },
      },
      compiled,
    )
    expect(v.dataSync()).toEqual(Float32Array.of(1))
    expect(tf.memory().numTensors).toBe(before)
    step.dispose()
  })
})

describeCompiled('a step that cannot be compiled', () => {
  const v = () => variable(1, 2)
  const cases: [string, () => StepDefinition, RegExp][] = [
    [
      'reads a tensor back',
      () => ({
        inputs: { x: { shape: [2] } },
        step: ({ x }) => ({ y: tf.mul(x ?? 0, tf.sum(x ?? 0).dataSync()[0] ?? 0) }),
      }),
      /reads the result of Sum back/,
    ],
    [
      'reads an input back',
      () => ({ inputs: { x: { shape: [2] } }, step: ({ x }) => ({ y: tf.scalar(x?.dataSync()[0] ?? 0) }) }),
      /reads the result of Placeholder back/,
    ],
    [
      'draws in tfjs',
      () => ({
        inputs: { x: { shape: [2] } },
        step: ({ x }) => ({ y: tf.mul(x ?? 0, tf.randomNormal([2])) }),
      }),
      /draws random numbers in tf.randomNormal/,
    ],
    [
      'draws in TensorFlow',
      () => ({
        inputs: { x: { shape: [2] } },
        step: ({ x }) => ({ y: tf.cast(tf.multinomial((x ?? tf.zeros([2])).as1D(), 1, 3), 'float32') }),
      }),
      /draws random numbers by Multinomial in tf.multinomial/,
    ],
    [
      'counts its calls',
      () => {
        let calls = 0
        return { inputs: { x: { shape: [2] } }, step: ({ x }) => ({ y: tf.mul(x ?? 0, ++calls) }) }
      },
      /does not do the same on every call/,
    ],
    [
      'assigns a variable that is not listed',
      () => {
        const other = v()
        return {
          inputs: {},
          step: () => {
            other.assign(tf.mul(other, 2))
            return {}
          },
        }
      },
      /assigns the variable .* which is not listed/,
    ],
    [
      'returns integers',
      () => ({ inputs: { x: { shape: [2] } }, step: ({ x }) => ({ y: tf.argMax(x ?? tf.zeros([2])) }) }),
      /returns y as int32/,
    ],
  ]

  it.each(cases)('%s: says so', (_, define, message) => {
    const before = tf.backend()
    const binding = Object(before).binding
    const failure = failureOf(() => compileAll({ variables: {}, steps: { tested: define() } }, compiled))
    expect(failure.code).toBe('graph-uncompilable')
    expect(failure.message).toContain('The step "tested"')
    expect(failure.message).toMatch(message)
    expect(failure.remedy).not.toBe('')
    expect(Object(tf.backend()).binding).toBe(binding)
  })

  it('runs eagerly in the mode auto, and the notice says why', () => {
    const program = compileAll({
      variables: {},
      steps: {
        tested: defineStep({
          inputs: { x: { shape: [1] } },
          step: ({ x }) => ({ y: tf.mul(x, x.dataSync()[0] ?? 0) }),
        }),
      },
    })
    expect(program.mode).toBe('eager')
    expect(program.notice).toMatch(/reads the result of Placeholder back/)
    expect(program.steps.tested.run({ x: Float32Array.of(3) }).y).toEqual(Float32Array.of(9))
  })

  it('leaves randomness as it was', () => {
    const random = Math.random
    failureOf(() =>
      compileAll(
        { variables: {}, steps: { s: { inputs: {}, step: () => ({ y: tf.randomUniform([1]) }) } } },
        compiled,
      ),
    )
    expect(Math.random).toBe(random)
  })

  it('passes on errors of its own', () => {
    const fault = new RangeError('wrong here')
    const step = {
      inputs: {},
      step: vi.fn(() => {
        throw fault
      }),
    }
    expect(() => compileAll({ variables: {}, steps: { step } })).toThrow(fault)
  })
})
