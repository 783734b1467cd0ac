import { afterEach, expect, it } from 'vitest'
import {
  compile,
  type InputSignature,
  type InputValue,
  type Precision,
} from '../../../../src/main/engine/graph/compile.ts'
import { addBias } from '../../../../src/main/engine/networks/bias.ts'
import { leakyRelu } from '../../../../src/main/engine/networks/leaky-relu.ts'
import { provider, type Tensor, tf, type Variable } from '../../../../src/main/engine/tensorflow.ts'
import { createRandom } from '../../../../src/main/platform/random.ts'
import { describeCompiled, relativeDifference } from './native.ts'

const random = createRandom(7)
const made: Variable[] = []

const normal = (...shape: number[]): Float32Array =>
  random.fillNormal(new Float32Array(shape.reduce((a, b) => a * b, 1)))

/** A variable of normal deviates; frozen where the program does not list it. */
function weight(...shape: number[]): Variable {
  const variable = tf.tidy(() => tf.variable(tf.tensor(normal(...shape), shape)))
  made.push(variable)
  return variable
}

/** The nearest number with 8 significant bits; of two, the even one. */
function toBfloat16(x: number): number {
  const [bits = 0] = new Uint32Array(Float32Array.of(x).buffer)
  const kept = (bits + 0x7fff + ((bits >>> 16) & 1)) & 0xffff0000
  return new Float32Array(Uint32Array.of(kept).buffer)[0] ?? Number.NaN
}

afterEach(() => {
  tf.dispose(made.splice(0))
})

type Step = (inputs: Record<string, Tensor>) => Tensor

/** Runs the step compiled and eagerly, expects the same, and returns how many operations of each kind remain. */
function operationsOf(shapes: Record<string, number[]>, run: Step): Readonly<Record<string, number>> {
  const inputs: Record<string, InputSignature> = {}
  const values: Record<string, InputValue> = {}
  for (const [name, shape] of Object.entries(shapes)) {
    inputs[name] = { shape }
    values[name] = normal(...shape)
  }
  const definition = {
    variables: {},
    inputs,
    step: (tensors: Record<string, Tensor>) => ({ y: run(tensors) }),
  }
  const compiled = compile(definition, { mode: 'compiled' })
  const eager = compile(definition, { mode: 'eager' })
  const [ours, theirs] = [compiled.run(values).y, eager.run(values).y]
  expect(relativeDifference(ours, theirs)).toBeLessThan(1e-6)
  compiled.dispose()
  return compiled.stats.steps.step?.operations ?? {}
}

const get = (inputs: Record<string, Tensor>, name = 'x'): Tensor => inputs[name] ?? tf.scalar(Number.NaN)
const image = (inputs: Record<string, Tensor>, name = 'x') => {
  const x = get(inputs, name)
  return x.as4D(x.shape[0] ?? 0, x.shape[1] ?? 0, x.shape[2] ?? 0, x.shape[3] ?? 0)
}
const filter = (...shape: [number, number, number, number]) => weight(...shape).as4D(...shape)

describeCompiled('a graph', () => {
  it('computes equal things once and leaves out what is not needed', () => {
    const left = operationsOf({ x: [8] }, (inputs) => {
      tf.exp(get(inputs))
      return tf.add(tf.sin(get(inputs)), tf.sin(get(inputs)))
    })
    expect(left).toMatchObject({ Sin: 1 })
    expect(left).not.toHaveProperty('Exp')
  })

  it('holds constants computed in advance', () => {
    const left = operationsOf({ x: [4] }, (inputs) => tf.mul(get(inputs), tf.exp(tf.linspace(0, 1, 4))))
    expect(left).toMatchObject({ Const: 1, Mul: 1 })
    expect(left).not.toHaveProperty('Exp')
  })

  it('holds no operation that changes nothing', () => {
    const left = operationsOf({ x: [2, 3] }, (inputs) => {
      const x = get(inputs)
      return tf.neg(tf.neg(tf.div(tf.mul(tf.reshape(tf.transpose(x, [0, 1]), [2, 3]), tf.ones([2, 3])), 1)))
    })
    expect(left).toEqual({ Placeholder: 1, Identity: 1 })
  })

  it('multiplies by one number instead of a tensor of it', () => {
    const left = operationsOf({ x: [300, 300] }, (inputs) => {
      const halves = tf.div(tf.ones([300, 300]), tf.fill([300, 300], 2))
      return tf.mul(tf.mul(get(inputs), halves), tf.scalar(-3))
    })
    expect(left).toEqual({ Placeholder: 1, Identity: 1, Mul: 1, Const: 1 })
  })

  it('takes the gradient of ReLU in one operation, from the output', () => {
    const left = operationsOf({ x: [16] }, (inputs) =>
      tf.grad((x) => tf.square(tf.relu(x)).sum())(get(inputs)),
    )
    expect(left).toMatchObject({ Relu: 1, ReluGrad: 1 })
    expect(left).not.toHaveProperty('Select')
  })

  it('takes the gradient of a leaky ReLU in one operation, from the output', () => {
    const left = operationsOf({ x: [16] }, (inputs) =>
      tf.grad((x) => tf.square(leakyRelu(x)).sum())(get(inputs)),
    )
    expect(left).toMatchObject({ LeakyRelu: 1, LeakyReluGrad: 1 })
  })

  it('takes the gradients of tanh and the sigmoid in one operation each', () => {
    const left = operationsOf({ x: [16] }, (inputs) =>
      tf.grad((x) => tf.square(tf.tanh(tf.sigmoid(x))).sum())(get(inputs)),
    )
    expect(left).toMatchObject({ TanhGrad: 1, SigmoidGrad: 1 })
    expect(left).not.toHaveProperty('Sub')
  })

  it('has a fixed factor and offset per channel in the convolution', () => {
    const [w, a, b] = [filter(4, 4, 3, 8), weight(8), weight(8)]
    const left = operationsOf({ x: [2, 16, 16, 3] }, (inputs) =>
      tf.relu(tf.add(tf.mul(tf.conv2d(image(inputs), w, 2, 'same'), a), b)),
    )
    expect(left).toMatchObject({ Conv2D: 1, BiasAdd: 1 })
    expect(left).not.toHaveProperty('Mul')
  })

  it('has a fixed factor per channel in the transposed convolution, and in that of the gradient', () => {
    const [w, a] = [filter(4, 4, 8, 16), weight(8)]
    const left = operationsOf({ x: [2, 8, 8, 16] }, (inputs) =>
      tf.grad((x) => {
        const y = tf.conv2dTranspose(x.as4D(2, 8, 8, 16), w, [2, 16, 16, 8], 2, 'same')
        return tf.square(tf.mul(y, a)).sum()
      })(get(inputs)),
    )
    expect(left).toMatchObject({ Conv2DBackpropInput: 1, Conv2D: 1, Mul: 1 })
  })

  it('keeps a factor apart where the convolution is read elsewhere too', () => {
    const [w, a] = [filter(4, 4, 3, 8), weight(8)]
    const left = operationsOf({ x: [2, 16, 16, 3] }, (inputs) => {
      const y = tf.conv2d(image(inputs), w, 2, 'same')
      return tf.sub(tf.mul(y, a), tf.square(y))
    })
    expect(left).toMatchObject({ Conv2D: 1, Mul: 1 })
  })

  it.each([
    [1, 4, 6],
    [1, 5, 7],
    [1, 1, 2],
    [2, 4, 6],
    [3, 5, 7],
    [4, 1, 2],
  ])('transposed convolution to %i channels gives the same, from %i x %i places', (channels, h, w) => {
    const weights = filter(4, 4, channels, 8)
    const left = operationsOf({ x: [2, h, w, 8] }, (inputs) =>
      tf.conv2dTranspose(image(inputs), weights, [2, 2 * h, 2 * w, channels], 2, 'same'),
    )
    if (!provider.gpu) expect(left).toMatchObject({ Slice: 1, Transpose: 2 })
  })

  it('leaves transposed convolutions to many channels as they are', () => {
    const w = filter(4, 4, 5, 8)
    const left = operationsOf({ x: [2, 4, 4, 8] }, (inputs) =>
      tf.conv2dTranspose(image(inputs), w, [2, 8, 8, 5], 2, 'same'),
    )
    expect(left).not.toHaveProperty('Slice')
  })

  it.each([1, 5])('sums the gradient of a bias of %i channels, apart from that of the filter', (channels) => {
    const [w, b] = [filter(4, 4, 3, channels), weight(channels)]
    const left = operationsOf({ x: [2, 8, 6, 3] }, (inputs) =>
      tf.grad((bias) => tf.square(addBias(tf.conv2d(image(inputs), w, 2, 'same'), bias)).sum())(b),
    )
    expect(left).not.toHaveProperty('BiasAddGrad')
    expect(left).toHaveProperty('Sum')
  })

  it('has the product of a matrix and a vector by its own name, whichever side is turned', () => {
    const w = weight(12, 1)
    const left = operationsOf({ x: [5, 12] }, (inputs) =>
      tf.grad((x) => tf.square(tf.matMul(x.as2D(5, 12), w.as2D(12, 1))).sum())(get(inputs)),
    )
    expect(left).toMatchObject({ MatMul: 2 })
    expect(left).not.toHaveProperty('BatchMatMulV2')
  })

  it('in bfloat16 reads 8 bits of each factor, sums in float32, and gives the same bits each time', () => {
    const w = filter(4, 4, 8, 16)
    const definition = {
      variables: {},
      inputs: { x: { shape: [2, 16, 16, 8] } },
      step: (inputs: Record<string, Tensor>) => ({ y: tf.conv2d(image(inputs), w, 2, 'same') }),
    }
    const low = compile(definition, { mode: 'compiled', precision: 'bfloat16' })
    const full = compile(definition, { mode: 'compiled' })
    const x = normal(2, 16, 16, 8)
    const { y } = low.run({ x })
    const difference = relativeDifference(y, full.run({ x }).y)
    // Each factor is off by up to 2^-9 of itself, and so is the result.
    expect(difference).toBeGreaterThan(2 ** -14)
    expect(difference).toBeLessThan(2 ** -7)
    expect(low.run({ x }).y).toEqual(y)
    expect(low.stats.steps.step?.flops).toBe(full.stats.steps.step?.flops)
    low.dispose()
    full.dispose()
  })

  it('rounded to bfloat16 multiplies, in float32, numbers with 8 bits and rounds what comes of it', () => {
    const weights = normal(4, 4, 8, 16)
    const step = (inputs: Record<string, Tensor>) => ({
      y: tf.conv2d(image(inputs), image(inputs, 'w'), 2, 'same'),
    })
    const inputs = { x: { shape: [2, 16, 16, 8] }, w: { shape: [4, 4, 8, 16] } }
    const definition = { variables: {}, inputs, step }
    const of = (precision: Precision, x: Float32Array, w: Float32Array): Float32Array => {
      const program = compile(definition, { mode: 'compiled', precision })
      const { y } = program.run({ x, w })
      program.dispose()
      return y
    }
    const x = normal(2, 16, 16, 8)
    const byHand = of('float32', x.map(toBfloat16), weights.map(toBfloat16)).map(toBfloat16)
    const rounded = of('rounded', x, weights)
    expect(rounded).toEqual(byHand)
    // A processor with bfloat16 may sum in another order, which tips some sums over to the next of 256 steps.
    expect(relativeDifference(of('bfloat16', x, weights), rounded)).toBeLessThan(2 ** -8)
  })
})
