/** Pictures and tiles have as many samples as their sides say; what is missing must not be read as a middle gray. */
import { expect, it } from 'vitest'
import {
  countInside,
  cutInside,
  cutTile,
  type Pixels,
  resample,
  TileBlend,
} from '../../../../src/main/engine/data/geometry.ts'
import { normalizeLocally } from '../../../../src/main/engine/data/local-normalization.ts'
import { makeDefect } from '../../../../src/main/engine/data/made-defects.ts'
import { createRandom } from '../../../../src/main/platform/random.ts'

const corner = { left: 0, top: 0 }
const picture = (samples: number): Pixels => ({
  data: new Float32Array(samples),
  width: 8,
  height: 8,
  channels: 1,
})
const whole = picture(64)
const short = picture(63)
const pixels = (count: number) => new Uint8Array(count)

it.each([
  ['a tile of a picture', () => cutTile(short, corner, 4, new Float32Array(16)), 64, 63],
  ['the tile that is cut', () => cutTile(whole, corner, 4, new Float32Array(15)), 16, 15],
  ['a count of pixels', () => countInside(pixels(63), whole, corner, 4), 64, 63],
  ['a tile of what counts', () => cutInside(pixels(65), whole, corner, 4, pixels(16)), 64, 65],
  ['the tile of what counts', () => cutInside(pixels(64), whole, corner, 4, pixels(12)), 16, 12],
  ['a blend', () => new TileBlend(8, 8, 3, 4).add(new Float32Array(16), corner), 48, 16],
  ['a picture at another size', () => resample(short, 4, 4), 64, 63],
  ['a picture without slow light', () => normalizeLocally(short, 8), 64, 63],
  ['a picture in the light of another', () => normalizeLocally(whole, 8).inItsLight(short), 64, 63],
  ['a picture for a made defect', () => makeDefect(short, 'spot', createRandom(1), whole), 64, 63],
  ['a picture to paste from', () => makeDefect(whole, 'paste', createRandom(1), short), 64, 63],
])('%s of another length is refused', (_, compute, expected, given) => {
  expect(compute).toThrow(RangeError)
  expect(compute).toThrow(`${expected} values were expected, ${given} were given`)
})
