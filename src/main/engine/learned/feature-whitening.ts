/**
 * Residuals of features, whitened by their covariance on good parts: how far f(x) - f(y) of an early critic layer is
 * from what is usual there, along each of the axes in which good parts vary (Mahalanobis 1936). A difference that the
 * generator never reproduces on good parts either counts little, however large it is; one in a direction that the
 * generator always reproduces counts a lot.
 */

import type { TensorMap } from '../../model/safetensors.ts'
import { whitenedComponent } from '../../model/scores.ts'
import { type Tensor, tf } from '../tensorflow.ts'
import type { Learnable, Learned } from './learnable.ts'
import { MomentSums, whiteningOf } from './whitening.ts'

/** The score of a tile is the mean of this share of its cells, those that are farthest away. */
export const farthestCells = 0.01

export interface FeatureWhitening {
  /** Of the residuals: [features]. */
  mean: Float32Array
  /** [features, features], row-major, from feature to direction. */
  whitening: Float32Array
}

/** Mean distance of each sample's farthest cells: early features [N, H, W, features] of x and y -> [N]. */
export function whitenedDistance(x: Tensor, y: Tensor, { mean, whitening }: FeatureWhitening): Tensor {
  const [samples = 0, height = 0, width = 0, features = 0] = x.shape
  const cells = height * width
  const residual = tf.reshape(tf.sub(x, y), [samples * cells, features])
  const centered = tf.sub(residual, tf.tensor1d(mean)).as2D(samples * cells, features)
  const white = tf.matMul(centered, tf.tensor2d(whitening, [features, features]))
  const distances = tf.reshape(tf.sqrt(tf.sum(tf.square(white), 1)), [samples, cells])
  return tf.mean(tf.topk(distances, Math.max(1, Math.round(farthestCells * cells)), false).values, 1)
}

/** Collects residuals of good training tiles and learns from them how the features vary together. */
export class WhiteningGathering {
  readonly #features: number
  readonly #sums: MomentSums

  constructor(features: number) {
    this.#features = features
    this.#sums = new MomentSums(features)
  }

  /** @param residuals [cells, features] */
  add(residuals: Float32Array): void {
    this.#sums.add(residuals)
  }

  finish(): FeatureWhitening {
    const { mean, covariance } = this.#sums.finish()
    return { mean: Float32Array.from(mean), whitening: whiteningOf(covariance, this.#features) }
  }
}

const names = { mean: 'whitened/mean', whitening: 'whitened/whitening' } as const

/** As tensors of a model file. */
export function whiteningTensors({ mean, whitening }: FeatureWhitening): TensorMap {
  const n = mean.length
  return {
    [names.mean]: { shape: [n], data: mean },
    [names.whitening]: { shape: [n, n], data: whitening },
  }
}

/** Reads the whitening from the tensors of a model file; null where it has none. */
export function whiteningOfModel(tensors: TensorMap): FeatureWhitening | null {
  const [mean, whitening] = [tensors[names.mean]?.data, tensors[names.whitening]?.data]
  return mean && whitening ? { mean, whitening } : null
}

const learned = (whitening: FeatureWhitening): Learned => ({
  tensors: whiteningTensors(whitening),
  inGraph: (x, y) => whitenedDistance(x, y, whitening),
})

export const whitenedFeatures: Learnable = {
  name: whitenedComponent,
  learning: {
    from: 'tiles',
    asks: { early: true },
    gather() {
      let gathering: WhiteningGathering | null = null
      return {
        add({ size, early }) {
          if (early === null) throw new TypeError('residuals of early features were not asked for')
          // After two halvings height and width are a quarter of those of the image.
          gathering ??= new WhiteningGathering(early.length / (size / 4) ** 2)
          gathering.add(early)
        },
        finish: () => (gathering === null ? null : learned(gathering.finish())),
      }
    },
  },
  ofModel(tensors) {
    const whitening = whiteningOfModel(tensors)
    return whitening && learned(whitening)
  },
}
