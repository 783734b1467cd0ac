import { type Tensor, tf } from '../tensorflow.ts'

/** Height, width and channels of [N, H, W, C]. */
function sides(x: Tensor): [number, number, number] {
  const [, height = 0, width = 0, channels = 0] = x.shape
  return [height, width, channels]
}

/**
 * Each pixel four times: [N, H, W, C] -> [N, 2H, 2W, C], nearest neighbor. Written as a product with ones, which
 * can be differentiated as often as is asked; tfjs's own resizing and pooling can be only once.
 */
export function doubled(x: Tensor): Tensor {
  const [height, width, channels] = sides(x)
  const apart = tf.reshape(x, [-1, 1, width, 1, channels])
  return tf.reshape(tf.mul(apart, tf.ones([1, 2, 1, 2, 1])), [-1, 2 * height, 2 * width, channels])
}

/** The mean of each 2x2 pixels: [N, H, W, C] -> [N, H/2, W/2, C]. */
export function halved(x: Tensor): Tensor {
  const [height, width, channels] = sides(x)
  const apart = tf.reshape(x, [-1, 2, width / 2, 2, channels])
  return tf.reshape(tf.mean(apart, [1, 3]), [-1, height / 2, width / 2, channels])
}
