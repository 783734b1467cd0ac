import { requireLength } from '../../platform/array-bounds.ts'
import type { Random } from '../../platform/random.ts'
import { imageSide, type Lighting, type Pose } from './part.ts'

/**
 * The simulated camera of the sample line and what changes in front of it during a shift: the lamp ages and warms up,
 * the fixture holds each part a little differently, focus moves with temperature, and the sensor adds noise.
 */

/** A monochrome 8-bit area camera. */
export interface Camera {
  /** Gain of each pixel: photo-response non-uniformity, relative to the mean, times the vignetting of the lens. */
  gain: Float32Array
  /** Electrons at full scale; the square root of it is the best signal-to-noise ratio. */
  fullWell: number
  /** Read noise, electrons. */
  readNoise: number
}

/** The conditions of one exposure. */
export interface Exposure {
  pose: Pose
  lighting: Lighting
  /** Standard deviation of the lens's blur, pixels. */
  blur: number
}

export function createCamera(random: Random): Camera {
  const gain = new Float32Array(imageSide * imageSide)
  const centre = (imageSide - 1) / 2
  for (let y = 0; y < imageSide; y++) {
    for (let x = 0; x < imageSide; x++) {
      const off = ((x - centre) ** 2 + (y - centre) ** 2) / (2 * centre * centre)
      gain[y * imageSide + x] = (1 - 0.1 * off) * (1 + 0.005 * random.normal())
    }
  }
  return { gain, fullWell: 10_500, readNoise: 22 }
}

const within = (value: number, limit: number): number => Math.max(-limit, Math.min(limit, value))

/**
 * The exposure conditions of `count` parts in the order in which they passed the camera. Level and direction of the
 * light follow a slow wave (the shift) and a mean-reverting random walk (unexplained changes); pose and focus are
 * drawn for each part.
 */
export function driftingExposures(random: Random, count: number): Exposure[] {
  const levelPhase = random.uniform() * 2 * Math.PI
  const turnPhase = random.uniform() * 2 * Math.PI
  let levelWalk = 0
  let turnWalk = 0
  return Array.from({ length: count }, (_, index) => {
    const time = count > 1 ? index / (count - 1) : 0
    levelWalk = 0.97 * levelWalk + 0.004 * random.normal()
    turnWalk = 0.97 * turnWalk + 0.006 * random.normal()
    const level = 1 + 0.03 * Math.sin(2 * Math.PI * 1.3 * time + levelPhase) + within(levelWalk, 0.03)
    const azimuth = -2.3 + 0.07 * Math.sin(2 * Math.PI * 0.8 * time + turnPhase) + within(turnWalk, 0.05)
    return {
      lighting: { azimuth, level: level + within(0.005 * random.normal(), 0.015), falloff: 0.07 },
      pose: {
        dx: within(0.8 * random.normal(), 2),
        dy: within(0.8 * random.normal(), 2),
        rotation: within(0.009 * random.normal(), 0.024),
        scale: 1 + within(0.004 * random.normal(), 0.01),
      },
      blur: 0.75 + 0.2 * random.uniform(),
    }
  })
}

/** Separable Gaussian blur with standard deviation `sigma` pixels; borders repeat. Returns a new array. */
export function defocus(luminance: Float32Array, sigma: number): Float32Array {
  requireLength(luminance, imageSide * imageSide, 'Pixels of a scene')
  const reach = Math.max(1, Math.ceil(3 * sigma))
  const kernel = new Float32Array(2 * reach + 1)
  let total = 0
  for (let i = -reach; i <= reach; i++) {
    const weight = Math.exp((-0.5 * i * i) / (sigma * sigma))
    kernel[i + reach] = weight
    total += weight
  }
  for (let i = 0; i < kernel.length; i++) kernel[i] /= total

  const pass = (source: Float32Array, stepX: number, stepY: number): Float32Array => {
    const out = new Float32Array(source.length)
    for (let y = 0; y < imageSide; y++) {
      for (let x = 0; x < imageSide; x++) {
        let sum = 0
        for (let i = -reach; i <= reach; i++) {
          const sx = Math.max(0, Math.min(imageSide - 1, x + i * stepX))
          const sy = Math.max(0, Math.min(imageSide - 1, y + i * stepY))
          sum += kernel[i + reach] * source[sy * imageSide + sx]
        }
        out[y * imageSide + x] = sum
      }
    }
    return out
  }
  return pass(pass(luminance, 1, 0), 0, 1)
}

/**
 * One exposure: defocus, vignetting, shot noise (variance equal to the signal in electrons) and read noise,
 * then 8 bits. Returns imageSide * imageSide gray values.
 */
export function photograph(
  camera: Camera,
  luminance: Float32Array,
  blur: number,
  random: Random,
): Uint8ClampedArray<ArrayBuffer> {
  requireLength(camera.gain, imageSide * imageSide, 'Gains of a camera')
  const optical = defocus(luminance, blur)
  const noise = random.fillNormal(new Float32Array(optical.length))
  const gray = new Uint8ClampedArray(optical.length)
  for (let i = 0; i < optical.length; i++) {
    const electrons = Math.max(0, optical[i] * camera.gain[i] * camera.fullWell)
    const deviation = Math.sqrt(electrons + camera.readNoise * camera.readNoise)
    gray[i] = (255 * (electrons + deviation * noise[i])) / camera.fullWell
  }
  return gray
}
