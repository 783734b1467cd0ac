import type { InputShape } from '../../model/input-shape.ts'
import { as4D } from '../networks/layers.ts'
import { type Tensor, tf } from '../tensorflow.ts'

/** Side of the average before the largest value of a map is taken: 5 pixels, or one cell of features. */
export const peakSideOf = ({ of }: Pick<InputShape, 'of'>): number => (of === 'features' ? 1 : 5)

/** Largest value of each map [N, H, W] averaged over 5x5 pixels, or of a single cell: [N]. */
export function largestAverage(map: Tensor, shape: Pick<InputShape, 'of'>): Tensor {
  const [n = 0, height = 0, width = 0] = map.shape
  const image = tf.reshape(map, [n, height, width, 1])
  const averaged = tf.avgPool(as4D(image), peakSideOf(shape), 1, 'valid')
  return tf.max(averaged, [1, 2, 3])
}
