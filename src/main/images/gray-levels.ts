/**
 * What a photograph's values say of the camera and of the picture, measured once when it is imported: how bright it
 * gets, which bits it uses, and whether it is as bright and as sharp as others of its kind.
 */
import { requireLength } from '../platform/array-bounds.ts'

export interface GrayLevels {
  /**
   * The largest value that a whole square of 2 x 2 pixels reaches in one channel. A hot pixel or column of the sensor
   * does not change it; a glare does.
   */
  robustPeak: number
  /** How many of the lowest bits are zero in every sample: 4 for 12 bits aligned to the upper end of 16. */
  zeroBits: number
  /** Mean of the samples. */
  mean: number
  /**
   * Mean square of the Laplacian over the variance, on means of 2 x 2 pixels. It falls when a picture is blurred, and
   * hardly changes with its light and contrast. 0 where all is of one value.
   */
  sharpness: number
}

interface Samples {
  width: number
  height: number
  channels: number
  data: Uint8Array | Uint16Array
}

/** Positions at which sharpness and mean are measured, at most about so many: enough to tell a blurred picture. */
const mostPositions = 16_384

export function grayLevels(image: Samples): GrayLevels {
  const { width, height, channels, data } = image
  requireLength(data, width * height * channels, 'Samples of a photograph')
  return { robustPeak: robustPeak(image), zeroBits: zeroBits(data), ...texture(image) }
}

export function robustPeak({ width, height, channels, data }: Samples): number {
  const row = width * channels
  let best = 0
  for (let y = 0; y < height - 1; y++) {
    for (let i = y * row; i < (y + 1) * row - channels; i++) {
      if (data[i] <= best) continue
      const least = Math.min(data[i], data[i + channels], data[i + row], data[i + row + channels])
      if (least > best) best = least
    }
  }
  return best
}

function zeroBits(data: Uint8Array | Uint16Array): number {
  let used = 0
  for (let i = 0; i < data.length; i++) {
    used |= data[i]
    if ((used & 1) === 1) return 0
  }
  return used === 0 ? 16 : 31 - Math.clz32(used & -used)
}

function texture({ width, height, channels, data }: Samples): Pick<GrayLevels, 'mean' | 'sharpness'> {
  const row = width * channels
  const across = width >> 1
  const down = height >> 1
  /** Mean of 2 x 2 pixels in all channels. */
  const cell = (x: number, y: number): number => {
    const at = 2 * (y * row + x * channels)
    let sum = 0
    for (let i = 0; i < 2 * channels; i++) sum += data[at + i] + data[at + row + i]
    return sum / (4 * channels)
  }
  const step = Math.max(1, Math.floor(Math.sqrt((across * down) / mostPositions)))
  let [count, sum, squares, bends] = [0, 0, 0, 0]
  for (let y = 1; y < down - 1; y += step) {
    for (let x = 1; x < across - 1; x += step) {
      const here = cell(x, y)
      const bend = 4 * here - cell(x - 1, y) - cell(x + 1, y) - cell(x, y - 1) - cell(x, y + 1)
      count++
      sum += here
      squares += here * here
      bends += bend * bend
    }
  }
  const mean = sum / count
  const variance = squares / count - mean * mean
  return { mean, sharpness: variance > 1e-6 * (1 + mean * mean) ? bends / count / variance : 0 }
}
