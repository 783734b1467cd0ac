/** What good parts are compared by has as many values as it says; what is missing must not be read as a zero. */
import { expect, it } from 'vitest'
import type { Pixels } from '../../../../src/main/engine/data/geometry.ts'
import {
  addDistances,
  cellsInside,
  distanceMap,
  withNeighbors,
} from '../../../../src/main/engine/learned/distance-map.ts'
import { texturesOf } from '../../../../src/main/engine/learned/local-texture.ts'
import {
  pooledResidual,
  ResidualExpectation,
  windowSides,
} from '../../../../src/main/engine/learned/residual-ratios.ts'
import {
  MomentSums,
  momentsOf,
  symmetricEigen,
  whiteningOf,
} from '../../../../src/main/engine/learned/whitening.ts'
import { measureInside } from '../../../../src/main/engine/scoring/measured-inside.ts'

const floats = (count: number) => new Float32Array(count)
const picture = (samples: number, width = 8): Pixels => ({
  data: floats(samples),
  width,
  height: 8,
  channels: 1,
})
const tile = { counted: new Uint8Array(64), size: 8, channels: 1, peakSide: 5 }
const usual = floats(windowSides.length).fill(1)
/** Four tiles of 16 cells with codes of 2 values. */
const expectation = new ResidualExpectation({ latent: 2, codes: floats(8), maps: floats(64), usual })

it.each([
  ['a photograph', () => texturesOf(picture(63), picture(64)), 64, 63],
  ['its reconstruction', () => texturesOf(picture(64), picture(72, 9)), 64, 72],
  ['distances that are added', () => addDistances(floats(6), floats(5), 1), 6, 5],
  ['distances with their neighbors', () => withNeighbors(floats(5), 2, 3), 6, 5],
  ['distances of a map', () => distanceMap({ data: floats(7), rows: 2, columns: 3 }, 18, 12), 6, 7],
  [
    'what counts of a picture',
    () => cellsInside({ rows: 1, columns: 1 }, picture(64), new Uint8Array(60)),
    64,
    60,
  ],
  ['a map that is pooled', () => pooledResidual(floats(60), 8), 64, 60],
  ['a residual', () => expectation.ratios(floats(15), floats(2), 1), 16, 15],
  ['a code', () => expectation.ratios(floats(16), floats(3), 1), 2, 3],
  [
    'usual ratios',
    () => new ResidualExpectation({ latent: 2, codes: floats(8), maps: floats(64), usual: floats(1) }),
    3,
    1,
  ],
  ['a tile', () => measureInside(floats(63), floats(64), floats(64), tile), 64, 63],
  ['a restoration', () => measureInside(floats(64), floats(62), floats(64), tile), 64, 62],
  ['a map of a tile', () => measureInside(floats(64), floats(64), floats(61), tile), 64, 61],
  ['a cell of features', () => momentsOf([floats(3), floats(2)], 3), 3, 2],
  ['a matrix', () => symmetricEigen(new Float64Array(8), 3), 9, 8],
  ['a covariance', () => whiteningOf(new Float64Array(8), 3), 9, 8],
])('%s of another length is refused', (_, compute, expected, given) => {
  expect(compute).toThrow(RangeError)
  expect(compute).toThrow(`${expected} values were expected, ${given} were given`)
})

it.each([
  ['cells of features', () => new MomentSums(3).add(floats(7)), 3, 7],
  [
    'codes of tiles',
    () => new ResidualExpectation({ latent: 3, codes: floats(8), maps: floats(64), usual }),
    3,
    8,
  ],
  [
    'cells of tiles',
    () => new ResidualExpectation({ latent: 2, codes: floats(8), maps: floats(63), usual }),
    4,
    63,
  ],
])('%s that are no whole rows are refused', (_, compute, row, given) => {
  expect(compute).toThrow(RangeError)
  expect(compute).toThrow(`rows of ${row} values were expected, ${given} were given`)
})
