/** The networks of a configuration, from one of the sets of building blocks. */
import type { Tensor } from '../tensorflow.ts'
import type { Normalization } from './batch-norm.ts'
import { critic, encoder, featureCount, generator, type NetworkShape } from './dcgan.ts'
import { residualCritic, residualEncoder, residualFeatureCount, residualGenerator } from './residual.ts'
import type { Weights } from './weights.ts'

export interface NetworkConfig extends NetworkShape {
  blocks: 'dcgan' | 'resnet'
  /** Whether the critic has batch norm; only for the plain blocks. */
  norm?: 'batch' | 'none'
}

export interface Networks {
  readonly shape: NetworkShape
  /** Values of f(x) of one image. */
  readonly featureCount: number
  /** Whether the critic has batch norm statistics that must be measured after the training. */
  readonly criticHasStatistics: boolean
  /** z [N, latent] -> images [N, size, size, channels] in [-1, 1]. */
  generator(w: Weights, z: Tensor, mode: Normalization): Tensor
  /** Images -> `value` [N, 1], `features` f(x) [N, 4, 4, widest], and `early` ones after the second halving. */
  critic(w: Weights, x: Tensor, mode: Normalization): { value: Tensor; features: Tensor; early: Tensor }
  /** Images -> z [N, latent] in [-1, 1]. */
  encoder(w: Weights, x: Tensor, mode: Normalization): Tensor
}

export function networksOf(config: NetworkConfig): Networks {
  const { size, channels, width, latent } = config
  const shape = { size, channels, width, latent }
  if (config.blocks === 'resnet') {
    return {
      shape,
      featureCount: residualFeatureCount(shape),
      criticHasStatistics: false,
      generator: (w, z, mode) => residualGenerator(w, shape, z, mode),
      critic: (w, x) => residualCritic(w, shape, x),
      encoder: (w, x, mode) => residualEncoder(w, shape, x, mode),
    }
  }
  const normalized = config.norm === 'batch'
  return {
    shape,
    featureCount: featureCount(shape),
    criticHasStatistics: normalized,
    generator: (w, z, mode) => generator(w, shape, z, mode),
    critic: (w, x, mode) => critic(w, shape, x, normalized ? mode : undefined),
    encoder: (w, x, mode) => encoder(w, shape, x, mode),
  }
}
