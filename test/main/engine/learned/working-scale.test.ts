import { describe, expect, it } from 'vitest'
import { inSizes } from '../../../../src/main/engine/learned/seen-sizes.ts'
import {
  chosenScale,
  ScaleTrial,
  scalesFor,
  withFurtherSizes,
} from '../../../../src/main/engine/learned/working-scale.ts'
import { createRandom } from '../../../../src/main/platform/random.ts'

describe('the scales that are compared', () => {
  it('begin where a photograph has as many pixels as one of 224 x 224, each 0.7 times the one before', () => {
    const scales = scalesFor([{ width: 896, height: 896 }])
    expect(scales.map((scale) => scale.toFixed(4))).toEqual(['0.2500', '0.1750', '0.1225'])
    // Of a long photograph the smaller side says how far down: 0.7 twice, to 48 pixels.
    expect(scalesFor([{ width: 2000, height: 200 }])).toHaveLength(1)
  })

  it('never enlarge a photograph, and follow the middle of many', () => {
    const small = { width: 100, height: 100 }
    expect(scalesFor([small])).toEqual([1])
    expect(scalesFor([small, small, { width: 5000, height: 5000 }])).toEqual([1])
  })

  it('end with the further sizes that the smallest is looked at in', () => {
    expect(withFurtherSizes([0.5, 0.35]).map((scale) => scale.toFixed(4))).toEqual([
      '0.5000',
      '0.3500',
      '0.2450',
      '0.1715',
    ])
  })
})

describe('the scale that is chosen', () => {
  const tried = (...of: [scale: number, behind: number, error: number][]) =>
    of.map(([scale, behind, error]) => ({ scale, made: 0.9 - behind, behind, error }))

  it('is the smallest that is not worse than the best by more than one standard error', () => {
    expect(chosenScale(tried([0.5, 0, 0], [0.35, 0.01, 0.02], [0.25, 0.05, 0.02]))).toBe(0.35)
    expect(chosenScale(tried([0.5, 0, 0], [0.35, 0.03, 0.02]))).toBe(0.5)
    expect(chosenScale(tried([0.5, 0.02, 0.001], [0.35, 0, 0]))).toBe(0.35)
  })
})

it('a photograph is seen in sizes of 0.7 times the side before', () => {
  const picture = { data: new Float32Array(100 * 60 * 3), width: 100, height: 60, channels: 3 }
  expect(inSizes(picture, 3).map(({ width, height }) => [width, height])).toEqual([
    [100, 60],
    [70, 42],
    [49, 29],
  ])
})

/**
 * In place of the backbone: as many cells as the picture has pixels, each with two features. At half of the largest
 * size and below, `isBlind` says nothing of the picture.
 */
const extractor = (isBlind: (width: number) => boolean) => {
  const noise = createRandom(3, 'noise')
  return {
    channels: 2,
    stride: 1,
    cells({ data, width, height }: { data: Float32Array; width: number; height: number }) {
      const values = new Float32Array(width * height * 2)
      for (let cell = 0; cell < width * height; cell++) {
        values[2 * cell] = isBlind(width) ? noise.normal() : (data[3 * cell] ?? 0)
        values[2 * cell + 1] = noise.normal() / 10
      }
      const cells = { data: values, rows: height, columns: width }
      return { plain: cells, averaged: cells }
    },
    dispose() {},
  }
}

describe('a trial of scales', () => {
  const scales = withFurtherSizes([0.5, 0.35])
  const trialWith = (isBlind: (width: number) => boolean) => {
    const trial = new ScaleTrial(extractor(isBlind), scales, createRandom(1, 'trial'))
    const random = createRandom(2, 'pictures')
    const pictureOf = (isDefect: boolean) => {
      const data = Float32Array.from({ length: 20 * 20 * 3 }, () => random.normal() / 10)
      if (isDefect) for (let at = 0; at < 300; at++) data[at] = 3
      return { data, width: 20, height: 20, channels: 3 }
    }
    for (let photograph = 0; photograph < 8; photograph++) {
      trial.add({ photograph, type: null, picture: pictureOf(false), insideAt: () => null })
      for (const type of ['spot', 'scratch', 'stain', 'missing', 'paste'] as const) {
        trial.add({ photograph, type, picture: pictureOf(true), insideAt: () => null })
      }
    }
    return trial.finish()
  }

  it('finds every defect at scales that show it, and then takes the smallest', () => {
    const tried = trialWith(() => false)
    expect(tried.map(({ made }) => made)).toEqual([1, 1])
    expect(chosenScale(tried)).toBe(0.35)
  })

  it('takes the larger one where the smaller one shows less', () => {
    const tried = trialWith((width) => width < 20)
    expect(tried[1]?.behind).toBeGreaterThan(0)
    expect(tried[0]).toMatchObject({ behind: 0, error: 0 })
    expect(chosenScale(tried)).toBe(0.5)
  })
})
