import { Failure } from '../../../../shared/failure.ts'
import type { Random } from '../../../random.ts'
import { critic, encoder, generator, type NetworkShape } from '../../networks/dcgan.ts'
import { createWeights, type Weights } from '../../networks/weights.ts'
import { tf } from '../../tensorflow.ts'
import type { TensorMap } from '../../training/safetensors.ts'
import type { FanoganConfig } from './config.ts'

/** G, D and E of one run. */
export interface FanoganWeights {
  generator: Weights
  critic: Weights
  encoder: Weights
}

export const shapeOf = (config: FanoganConfig): NetworkShape => ({
  size: config.size,
  channels: config.channels,
  width: config.width,
  latent: config.latent,
})

/** Fresh weights; every weight exists after this. The same random state always gives the same weights. */
export function createFanoganWeights(config: FanoganConfig, random: Random): FanoganWeights {
  const shape = shapeOf(config)
  const weights: FanoganWeights = {
    generator: createWeights('generator', random.fork('generator')),
    critic: createWeights('critic', random.fork('critic')),
    encoder: createWeights('encoder', random.fork('encoder')),
  }
  tf.tidy(() => {
    const image = generator(weights.generator, shape, tf.zeros([1, shape.latent]), { from: 'measured' })
    critic(weights.critic, shape, image)
    encoder(weights.encoder, shape, image, { from: 'measured' })
  })
  return weights
}

/** Frees all weights. */
export function disposeWeights({ generator, critic, encoder }: FanoganWeights): void {
  for (const weights of [generator, critic, encoder]) tf.dispose({ ...weights.variables })
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
        throw new Failure(
          'model-mismatch',
          `The stored weight ${name} does not fit the configuration of the run.`,
          'Restore the run folder from a backup, or train again.',
        )
      }
      tf.tidy(() => variable.assign(tf.tensor(stored.data, stored.shape)))
    }
  }
}
