/** Pictures have as many samples as their sides say; what is missing must not be read as black. */
import { expect, it } from 'vitest'
import { hashDistance } from '../../../src/main/images/difference-hash.ts'
import { describer, likeness } from '../../../src/main/images/likeness.ts'
import { fillOutside, insideAt, insideOf } from '../../../src/main/images/region-of-interest.ts'
import { areasOf, rasterize } from '../../../src/shared/rasterize.ts'

const size = { width: 4, height: 3 }
const found = { kind: 'found', margin: 0 } as const

it.each([
  ['a description of cells', () => describer([])(new Uint16Array(255)), 256, 255],
  ['the mean of a kind of pictures', () => describer([new Uint16Array(257)]), 256, 257],
  ['a likeness', () => likeness(new Float32Array(512), new Float32Array(511)), 512, 511],
  ['a distance of hashes', () => hashDistance(new Uint32Array(8), new Uint32Array(7)), 8, 7],
  ['a region of interest', () => insideOf(found, { ...size, channels: 3, data: new Uint8Array(35) }), 36, 35],
  ['a region at another size', () => insideAt({ ...size, data: new Uint8Array(11) }, 2, 2), 12, 11],
  [
    'filling of what does not count, of the samples,',
    () => fillOutside({ ...size, channels: 3 }, new Uint8Array(12), new Uint8Array(12), 0),
    36,
    12,
  ],
  [
    'filling of what does not count, of the pixels that do,',
    () => fillOutside({ ...size, channels: 1 }, new Uint8Array(12), new Uint8Array(13), 0),
    12,
    13,
  ],
  ['areas of a raster', () => areasOf({ ...size, data: new Uint8Array(10), types: ['dent'] }), 12, 10],
])('%s refuses an array of another length', (_, compute, expected, given) => {
  expect(compute).toThrow(RangeError)
  expect(compute).toThrow(`${expected} values were expected, ${given} were given`)
})

it('a shape with a coordinate too many is refused', () => {
  const shape = { kind: 'polygon', points: [0, 0, 4, 0, 4, 4, 0], defectType: 'dent' } as const
  const draw = () => rasterize([{ ...shape, points: [...shape.points] }], 8, 8)
  expect(draw).toThrow(RangeError)
  expect(draw).toThrow('rows of 2 values were expected, 7 were given')
})
