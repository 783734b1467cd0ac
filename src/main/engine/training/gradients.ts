import { type Tensor, tf, type Variable } from '../tensorflow.ts'

/** A scalar loss and its gradient with respect to each named weight. */
export function lossGradients(
  loss: () => Tensor,
  weights: Readonly<Record<string, Variable>>,
): { loss: Tensor; gradients: Record<string, Tensor> } {
  const { value, grads } = tf.variableGrads(() => tf.reshape(loss(), []), Object.values(weights))
  const gradients: Record<string, Tensor> = {}
  for (const [name, weight] of Object.entries(weights)) {
    const gradient = grads[weight.name]
    if (gradient) gradients[name] = gradient
  }
  return { loss: value, gradients }
}
