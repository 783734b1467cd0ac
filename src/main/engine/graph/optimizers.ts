/**
 * Optimizers for compiled steps. Their state is in variables (`slots`), which a program has to list and which
 * checkpoints keep. One TensorFlow operation updates each weight; steps that run eagerly compute the same formulas in
 * tfjs.
 */

import { Failure } from '../../../shared/failure.ts'
import { type Tensor, tf, type Variable } from '../tensorflow.ts'
import { type Attribute, DataTypes } from './ir.ts'
import { updateVariables } from './recorder.ts'

/** Weights or gradients, by name. */
export type Named<T> = Readonly<Record<string, T>>

export interface Optimizer {
  /** The state, named after the weights: zeros to begin with. */
  readonly slots: Named<Variable>
  /**
   * Updates each weight by its gradient, both of the weight's shape; the rate is a scalar.
   * Throws a Failure `optimizer-gradient` when a weight has no gradient.
   */
  apply(gradients: Named<Tensor | undefined>, learningRate: Tensor): void
}

const float32: Attribute = { kind: 'type', value: DataTypes.float32 }
const attributes: ReadonlyMap<string, Attribute> = new Map<string, Attribute>([
  ['T', float32],
  ['use_locking', { kind: 'boolean', value: false }],
])

function slot(weight: Tensor): Variable {
  return tf.tidy(() => tf.variable(tf.zeros(weight.shape), false))
}

function scalarSlot(value: number): Variable {
  return tf.tidy(() => tf.variable(tf.scalar(value), false))
}

function forEachWeight(
  weights: Named<Variable>,
  gradients: Named<Tensor | undefined>,
  update: (name: string, weight: Variable, gradient: Tensor) => void,
): void {
  for (const [name, weight] of Object.entries(weights)) {
    const gradient = gradients[name]
    if (gradient === undefined) {
      throw new Failure('optimizer-gradient', { name })
    }
    update(name, weight, gradient)
  }
}

export interface AdamOptions {
  beta1?: number
  beta2?: number
  /** Added to the root of the second moment before its bias is corrected ("epsilon hat" in section 2). */
  epsilon?: number
}

/** Adam (Kingma and Ba 2015, algorithm 1 in the order of section 2's last paragraph). */
export function adam(
  weights: Named<Variable>,
  { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamOptions = {},
): Optimizer {
  const moments = Object.entries(weights).map(
    ([name, weight]) => [name, { first: slot(weight), second: slot(weight) }] as const,
  )
  const byName = new Map(moments)
  // beta^t of the next step.
  const beta1Power = scalarSlot(beta1)
  const beta2Power = scalarSlot(beta2)
  const slots: Record<string, Variable> = { beta1Power, beta2Power }
  for (const [name, { first, second }] of moments) {
    slots[`${name}/m`] = first
    slots[`${name}/v`] = second
  }
  return {
    slots,
    apply(gradients, learningRate) {
      tf.tidy(() => {
        const rate = tf.div(tf.mul(learningRate, tf.sqrt(tf.sub(1, beta2Power))), tf.sub(1, beta1Power))
        const [b1, b2, e] = [tf.scalar(beta1), tf.scalar(beta2), tf.scalar(epsilon)]
        forEachWeight(weights, gradients, (name, weight, gradient) => {
          const moment = byName.get(name)
          if (moment === undefined) return
          const { first, second } = moment
          updateVariables({
            op: 'ResourceApplyAdam',
            attributes: new Map([...attributes, ['use_nesterov', { kind: 'boolean', value: false }]]),
            operands: [weight, first, second, beta1Power, beta2Power, learningRate, b1, b2, e, gradient],
            updated: [weight, first, second],
            eagerly: () => {
              first.assign(tf.add(first, tf.mul(tf.sub(gradient, first), 1 - beta1)))
              second.assign(tf.add(second, tf.mul(tf.sub(tf.square(gradient), second), 1 - beta2)))
              weight.assign(tf.sub(weight, tf.div(tf.mul(rate, first), tf.add(tf.sqrt(second), epsilon))))
            },
          })
        })
        beta1Power.assign(tf.mul(beta1Power, beta1))
        beta2Power.assign(tf.mul(beta2Power, beta2))
      })
    },
  }
}

export interface RmspropOptions {
  /** How much of the mean square is kept from step to step. */
  decay?: number
  /** Added to the mean square under the root. */
  epsilon?: number
}

/** RMSProp (Tieleman and Hinton 2012, lecture 6.5) without momentum. */
export function rmsprop(
  weights: Named<Variable>,
  { decay = 0.99, epsilon = 1e-8 }: RmspropOptions = {},
): Optimizer {
  const slots: Record<string, Variable> = {}
  const squares = new Map<string, { square: Variable; momentum: Variable }>()
  for (const [name, weight] of Object.entries(weights)) {
    const entry = { square: slot(weight), momentum: slot(weight) }
    squares.set(name, entry)
    slots[`${name}/square`] = entry.square
    slots[`${name}/momentum`] = entry.momentum
  }
  return {
    slots,
    apply(gradients, learningRate) {
      tf.tidy(() => {
        const [d, none, e] = [tf.scalar(decay), tf.scalar(0), tf.scalar(epsilon)]
        forEachWeight(weights, gradients, (name, weight, gradient) => {
          const entry = squares.get(name)
          if (entry === undefined) return
          const { square, momentum } = entry
          updateVariables({
            op: 'ResourceApplyRMSProp',
            attributes,
            operands: [weight, square, momentum, learningRate, d, none, e, gradient],
            updated: [weight, square, momentum],
            eagerly: () => {
              square.assign(tf.add(square, tf.mul(tf.sub(tf.square(gradient), square), 1 - decay)))
              momentum.assign(tf.div(tf.mul(learningRate, gradient), tf.sqrt(tf.add(square, epsilon))))
              weight.assign(tf.sub(weight, momentum))
            },
          })
        })
      })
    },
  }
}

/** Plain gradient descent; it has no state. */
export function gradientDescent(weights: Named<Variable>): Optimizer {
  return {
    slots: {},
    apply(gradients, learningRate) {
      tf.tidy(() => {
        forEachWeight(weights, gradients, (_, weight, gradient) => {
          updateVariables({
            op: 'ResourceApplyGradientDescent',
            attributes,
            operands: [weight, learningRate, gradient],
            updated: [weight],
            eagerly: () => weight.assign(tf.sub(weight, tf.mul(learningRate, gradient))),
          })
        })
      })
    },
  }
}
