/** Weights to and from tensors by name. */
import { Failure } from '../../../shared/failure.ts'
import type { TensorMap } from '../../model/safetensors.ts'
import { tf } from '../tensorflow.ts'
import type { Weights } from './weights.ts'

/** Frees all weights. */
export function disposeWeights(...sets: Weights[]): void {
  for (const weights of sets) tf.dispose({ ...weights.variables })
}

/** Copies the values of weights, by name. */
export function readWeights(...sets: Weights[]): TensorMap {
  const tensors: TensorMap = {}
  for (const weights of sets) {
    for (const [name, variable] of Object.entries(weights.variables)) {
      tensors[name] = { shape: [...variable.shape], data: Float32Array.from(variable.dataSync()) }
    }
  }
  return tensors
}

/** Sets weights from stored tensors; every weight must be there with its shape. */
export function loadWeights(tensors: TensorMap, ...sets: Weights[]): void {
  for (const weights of sets) {
    for (const [name, variable] of Object.entries(weights.variables)) {
      const stored = tensors[name]
      if (!stored || stored.shape.join() !== variable.shape.join()) {
        throw new Failure('model-mismatch', { name })
      }
      tf.tidy(() => variable.assign(tf.tensor(stored.data, stored.shape)))
    }
  }
}
