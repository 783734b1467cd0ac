import { type Tensor, tf } from '../tensorflow.ts'

/** The result of a forward pass, and the values that the backward pass needs besides the inputs. */
interface Forward {
  value: Tensor
  kept?: Tensor[]
}

/**
 * An operation with a gradient of its own. `forward` computes from the inputs; `backward` gets dL/dy and
 * the inputs followed by what `forward` kept, and returns dL/dx for each input in the same order. What
 * `backward` does is itself differentiable as far as its operations are.
 */
export function differentiable(
  inputs: Tensor[],
  forward: (inputs: Tensor[]) => Forward,
  backward: (dy: Tensor, saved: Tensor[]) => Tensor[],
): Tensor {
  const operation = tf.customGrad((...received) => {
    // tfjs passes the save function as an argument after the tensors.
    const tensors: Tensor[] = []
    let save: (tensors: Tensor[]) => void = () => {}
    for (const item of received) {
      if (typeof item === 'function') save = item
      else tensors.push(item)
    }
    const { value, kept = [] } = forward(tensors)
    save([...tensors, ...kept])
    return { value, gradFunc: (dy: Tensor, saved: Tensor[]) => backward(dy, saved) }
  })
  return operation(...inputs)
}

/** The tensor at an index that is known to exist. */
export function tensorAt(tensors: Tensor[], index: number): Tensor {
  const tensor = tensors[index]
  if (!tensor) throw new TypeError(`an operation expected tensor ${index} of ${tensors.length}`)
  return tensor
}
