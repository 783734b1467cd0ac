/** The networks of a configuration, from one of the sets of building blocks. */
import { type InputParameters, type InputShape, inputShape } from '../../model/input-shape.ts'
import type { Tensor } from '../tensorflow.ts'
import type { Normalization } from './batch-norm.ts'
import { cellCritic, cellEncoder, cellFeatureCount, cellGenerator } from './cells.ts'
import { critic, encoder, featureCount, generator, type NetworkShape } from './dcgan.ts'
import { residualCritic, residualEncoder, residualFeatureCount, residualGenerator } from './residual.ts'
import type { Weights } from './weights.ts'

export interface NetworkConfig extends InputParameters, NetworkShape {
  /** For pictures; windows of features have blocks of their own. */
  blocks: 'dcgan' | 'resnet'
  /** Whether the critic has batch norm; only for the plain blocks. */
  norm?: 'batch' | 'none'
}

export interface Networks {
  readonly shape: NetworkShape & InputShape
  /** Values of f(x) of one image. */
  readonly featureCount: number
  /** Whether the critic has batch norm statistics that must be measured after the training. */
  readonly criticHasStatistics: boolean
  /** Whether the generator and the encoder have such statistics. */
  readonly haveStatistics: boolean
  /** z [N, latent] -> images [N, size, size, channels] in [-1, 1], or windows of features without limits. */
  generator(w: Weights, z: Tensor, mode: Normalization): Tensor
  /**
   * Images -> `value` [N, 1], `features` f(x) [N, 4, 4, widest], and `early` ones after the second halving; of windows
   * of features those of the second and of the first layer.
   */
  critic(w: Weights, x: Tensor, mode: Normalization): { value: Tensor; features: Tensor; early: Tensor }
  /** Images -> z [N, latent] in [-1, 1]; of windows of features without limits. */
  encoder(w: Weights, x: Tensor, mode: Normalization): Tensor
}

export function networksOf(config: NetworkConfig): Networks {
  const { width, latent } = config
  const shape = { ...inputShape(config), width, latent }
  if (shape.of === 'features') {
    return {
      shape,
      featureCount: cellFeatureCount(shape),
      criticHasStatistics: false,
      haveStatistics: false,
      generator: (w, z) => cellGenerator(w, shape, z),
      critic: (w, x) => cellCritic(w, shape, x),
      encoder: (w, x) => cellEncoder(w, shape, x),
    }
  }
  if (config.blocks === 'resnet') {
    return {
      shape,
      featureCount: residualFeatureCount(shape),
      criticHasStatistics: false,
      haveStatistics: true,
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
    haveStatistics: true,
    generator: (w, z, mode) => generator(w, shape, z, mode),
    critic: (w, x, mode) => critic(w, shape, x, normalized ? mode : undefined),
    encoder: (w, x, mode) => encoder(w, shape, x, mode),
  }
}
