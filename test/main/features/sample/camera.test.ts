import { describe, expect, it } from 'vitest'
import {
  createCamera,
  defocus,
  driftingExposures,
  photograph,
} from '../../../../src/main/features/sample/camera.ts'
import { imageSide } from '../../../../src/main/features/sample/part.ts'
import { createRandom } from '../../../../src/main/platform/random.ts'

const pixels = imageSide * imageSide

describe('the camera', () => {
  it('has shot noise that grows with the square root of the light, over its read noise', () => {
    const camera = { gain: new Float32Array(pixels).fill(1), fullWell: 10_000, readNoise: 20 }
    for (const level of [0.1, 0.4, 0.7]) {
      const gray = photograph(camera, new Float32Array(pixels).fill(level), 0.8, createRandom(3))
      let sum = 0
      let squares = 0
      for (const value of gray) {
        sum += value
        squares += value * value
      }
      const mean = sum / pixels
      const variance = squares / pixels - mean * mean
      // Electrons to gray values, plus the 1/12 of rounding.
      const expected = (255 / 10_000) ** 2 * (level * 10_000 + 400) + 1 / 12
      expect(mean).toBeCloseTo(255 * level, 1)
      expect(variance / expected).toBeGreaterThan(0.95)
      expect(variance / expected).toBeLessThan(1.05)
    }
  })

  it('is darker in the corners than in the middle', () => {
    const { gain } = createCamera(createRandom(1))
    const middle = gain[(imageSide / 2) * imageSide + imageSide / 2] ?? 0
    expect(gain[0]).toBeLessThan(0.95 * middle)
  })

  it('blurs a point to a Gaussian without losing light', () => {
    const point = new Float32Array(pixels)
    const at = (y: number, x: number) => y * imageSide + x
    point[at(100, 120)] = 1
    const blurred = defocus(point, 0.9)
    const ratio = (blurred[at(100, 121)] ?? 0) / (blurred[at(100, 120)] ?? 1)
    expect(ratio).toBeCloseTo(Math.exp(-0.5 / 0.81), 5)
    expect(blurred.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5)
  })
})

describe('the conditions of a shift', () => {
  const exposures = driftingExposures(createRandom(5), 400)

  it('move the part by no more than two pixels, a degree and a half and one percent', () => {
    for (const { pose } of exposures) {
      expect(Math.abs(pose.dx)).toBeLessThanOrEqual(2)
      expect(Math.abs(pose.dy)).toBeLessThanOrEqual(2)
      expect(Math.abs(pose.rotation)).toBeLessThanOrEqual((1.5 * Math.PI) / 180)
      expect(pose.scale).toBeGreaterThanOrEqual(0.99)
      expect(pose.scale).toBeLessThanOrEqual(1.01)
    }
  })

  it('change the lamp slowly: neighbours are more alike than parts far apart', () => {
    const levels = exposures.map(({ lighting }) => lighting.level)
    const meanStep = (lag: number) => {
      let sum = 0
      for (let i = lag; i < levels.length; i++) sum += Math.abs((levels[i] ?? 0) - (levels[i - lag] ?? 0))
      return sum / (levels.length - lag)
    }
    expect(meanStep(1)).toBeLessThan(0.5 * meanStep(100))
    expect(Math.max(...levels) - Math.min(...levels)).toBeGreaterThan(0.04)
  })
})
