import sharp from 'sharp'
import type { ImageSource } from './byte-source.ts'
import { type DecodedImage, decodeImage } from './decode.ts'
import { resizeLinear } from './resize-linear.ts'

export type Resizing = 'exact' | 'libvips'

interface ModelInputOptions {
  channels: 1 | 3
  /**
   * `stretch`: to size x size. `fit`: inside size x size, the rest filled with the edge pixels so that no artificial
   * border appears. `scale`: by a factor (for tiles). `none`: keeps every pixel.
   */
  resize: 'stretch' | 'fit' | 'scale' | 'none'
  /** Side in pixels; used with `stretch` and `fit`. */
  size?: number
  /** Factor of both sides; used with `scale`. */
  scale?: number
  /**
   * How samples are resized. `exact` is linear with antialiasing in floats, on values x, as other programs do it.
   * `libvips`, the default, is what models before version 0.2 were trained with and what stored likenesses were made
   * with: it shrinks by whole numbers first, rounds places to a 64th of a pixel and values to 16 bits.
   */
  resizing?: Resizing
  /** The sample value that becomes 1 (see `fullScale`); by default the largest value of the file's bit depth. */
  white?: number
  /** Changes the decoded samples before they are resized. It is given the sample value that becomes 1. */
  prepare?: (image: DecodedImage, white: number) => void
}

interface ModelInput {
  /** x in [-1, 1], row-major [height, width, channels]. */
  data: Float32Array
  width: number
  height: number
  channels: 1 | 3
  /** The area of the input that the photograph covers, in pixels; smaller than the input only with `fit`. */
  placed: { left: number; top: number; width: number; height: number }
}

/** x = 2 v / white - 1, from the samples of the camera; values above white become 1. */
function normalize(samples: Uint8Array | Uint16Array, white: number): Float32Array {
  const out = new Float32Array(samples.length)
  for (let i = 0; i < samples.length; i++) out[i] = Math.min(1, (2 * samples[i]) / white - 1)
  return out
}

/**
 * Decodes an image into the input of a model. A scaled 8-bit image is not rounded to 8 bits again. The same file always
 * gives the same values.
 *
 * @throws ImageRefusal as `decodeImage`
 */
export async function toModelInput(source: ImageSource, options: ModelInputOptions): Promise<ModelInput> {
  const { channels, resize, size = 0, scale = 1 } = options
  const image = await decodeImage(source, { channels })
  const white = options.white ?? (image.bitDepth === 8 ? 255 : 65_535)
  options.prepare?.(image, white)
  if (resize === 'none' || (resize === 'scale' && scale === 1)) {
    const { width, height } = image
    return {
      data: normalize(image.data, white),
      width,
      height,
      channels,
      placed: { left: 0, top: 0, width, height },
    }
  }
  const target = targetOf(image, resize, size, scale)
  const { placed } = target
  if (options.resizing === 'exact' && resize !== 'fit') {
    const picture = { ...image, data: normalize(image.data, white), channels }
    const data = resizeLinear(picture, target.width, target.height)
    return { data, width: target.width, height: target.height, channels, placed }
  }
  // White becomes 65535: 8 bits by v * 257, and 12 bits to the same values whether they were aligned to the lower or
  // to the upper end of 16. On integers, libvips would resize with coefficients that do not add up to one and shift
  // the brightness by up to 0.2 %; on floats the coefficients are exact. Its conversion back to integers cuts off, so
  // a half is added first.
  const spread = 65_535 / white
  const samples = new Float32Array(image.data.length)
  for (let i = 0; i < samples.length; i++) samples[i] = image.data[i] * spread + 0.5
  const { data } = await sharp(samples, { raw: { width: image.width, height: image.height, channels } })
    .resize(placed.width, placed.height, { fit: 'fill', kernel: 'linear' })
    .extend({
      left: placed.left,
      top: placed.top,
      right: target.width - placed.width - placed.left,
      bottom: target.height - placed.height - placed.top,
      extendWith: 'copy',
    })
    .toColourspace(channels === 1 ? 'grey16' : 'rgb16')
    .raw({ depth: 'ushort' })
    .toBuffer({ resolveWithObject: true })
  const resized = new Uint16Array(data.buffer, data.byteOffset, data.length / 2)
  return {
    data: normalize(resized, 65_535),
    width: target.width,
    height: target.height,
    channels,
    placed,
  }
}

/** Size of the input, and where the photograph lies in it. */
function targetOf(
  image: { width: number; height: number },
  resize: 'stretch' | 'fit' | 'scale',
  size: number,
  scale: number,
): Pick<ModelInput, 'width' | 'height' | 'placed'> {
  const side = (length: number, factor: number) => Math.max(1, Math.round(length * factor))
  if (resize === 'scale') {
    if (!(scale > 0)) throw new RangeError(`a model input scaled by ${scale}`)
    const [width, height] = [side(image.width, scale), side(image.height, scale)]
    return { width, height, placed: { left: 0, top: 0, width, height } }
  }
  if (size < 1) throw new RangeError(`a model input of ${size} pixels`)
  const factor = Math.min(size / image.width, size / image.height)
  const width = resize === 'fit' ? side(image.width, factor) : size
  const height = resize === 'fit' ? side(image.height, factor) : size
  const left = Math.floor((size - width) / 2)
  const top = Math.floor((size - height) / 2)
  return { width: size, height: size, placed: { left, top, width, height } }
}
