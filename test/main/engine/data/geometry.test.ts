import { describe, expect, it } from 'vitest'
import {
  cutTile,
  inThreeChannels,
  resample,
  sumOfPictures,
  TileBlend,
  tileGrid,
  tileStarts,
} from '../../../../src/main/engine/data/geometry.ts'
import { createRandom } from '../../../../src/main/platform/random.ts'

const picture = (width: number, height: number, channels = 1) => ({
  data: createRandom(1).fillUniform(new Float32Array(width * height * channels)),
  width,
  height,
  channels,
})

describe('tile starts', () => {
  it.each([
    [100, 64, 0.5],
    [64, 64, 0.5],
    [129, 64, 0],
    [1000, 32, 0.75],
  ])('cover a length of %i with tiles of %i, flush with both ends', (length, side, overlap) => {
    const starts = tileStarts(length, side, overlap)
    expect(starts[0]).toBe(0)
    expect(starts.at(-1)).toBe(length - side)
    for (let i = 1; i < starts.length; i++) {
      const step = (starts[i] ?? 0) - (starts[i - 1] ?? 0)
      expect(step).toBeGreaterThan(0)
      expect(step).toBeLessThanOrEqual(Math.ceil(side * (1 - overlap)))
    }
  })

  it('are one at 0 where the picture is smaller than a tile', () => {
    expect(tileStarts(40, 64, 0.5)).toEqual([0])
  })
})

describe('a cut tile', () => {
  it('holds the pixels of its place', () => {
    const source = picture(20, 10, 3)
    const tile = new Float32Array(4 * 4 * 3)
    cutTile(source, { left: 5, top: 3 }, 4, tile)
    expect(tile[0]).toBe(source.data[(3 * 20 + 5) * 3])
    expect(tile.at(-1)).toBe(source.data[(6 * 20 + 8) * 3 + 2])
  })

  it('repeats border pixels beyond the picture', () => {
    const source = picture(3, 2)
    const tile = new Float32Array(16)
    cutTile(source, { left: 0, top: 0 }, 4, tile)
    expect(tile[3]).toBe(source.data[2])
    expect(tile[15]).toBe(source.data[5])
    cutTile(source, { left: -1, top: -1 }, 4, tile)
    expect(tile[0]).toBe(source.data[0])
  })

  it.each([
    [{ left: 3, top: 2 }, 1],
    [{ left: -2, top: 5 }, 1],
    [{ left: 3, top: 2 }, 3],
    [{ left: 7, top: -1 }, 3],
  ])('are mirrored as they are cut, at %o with %i channels', (place, channels) => {
    const source = picture(10, 9, channels)
    const side = 4
    const cut = (mirroring: { mirrored?: boolean; upsideDown?: boolean }): Float32Array => {
      const tile = new Float32Array(side * side * channels)
      cutTile(source, place, side, tile, mirroring)
      return tile
    }
    const plain = cut({})
    for (const mirrored of [false, true]) {
      for (const upsideDown of [false, true]) {
        const expected = Float32Array.from(plain, (_, i) => {
          const [channel, pixel] = [i % channels, Math.floor(i / channels)]
          const [x, y] = [pixel % side, Math.floor(pixel / side)]
          const from = (upsideDown ? side - 1 - y : y) * side + (mirrored ? side - 1 - x : x)
          return plain[from * channels + channel] ?? Number.NaN
        })
        expect(cut({ mirrored, upsideDown })).toEqual(expected)
      }
    }
  })
})

describe('blended tiles', () => {
  it('give the picture back when each tile shows its own place', () => {
    const source = picture(150, 97, 3)
    const side = 32
    const blend = new TileBlend(source.width, source.height, 3, side)
    for (const position of tileGrid(source.width, source.height, side, 0.5)) {
      const tile = new Float32Array(side * side * 3)
      cutTile(source, position, side, tile)
      blend.add(tile, position)
    }
    const { data } = blend.finish()
    let worst = 0
    for (let i = 0; i < data.length; i++)
      worst = Math.max(worst, Math.abs((data[i] ?? 0) - (source.data[i] ?? 0)))
    expect(worst).toBeLessThan(1e-6)
  })

  it('leave out what a tile shows beyond a picture smaller than it', () => {
    const blend = new TileBlend(5, 3, 1, 8)
    blend.add(new Float32Array(64).fill(0.25), { left: 0, top: 0 })
    expect([...blend.finish().data]).toEqual(Array.from({ length: 15 }, () => 0.25))
  })
})

describe('resampling', () => {
  it('keeps a linear ramp away from the borders', () => {
    const ramp = { data: Float32Array.from({ length: 16 }, (_, i) => i), width: 16, height: 1, channels: 1 }
    const twice = resample(ramp, 32, 1)
    // Pixel centers: target pixel i lies at (i + 0.5) / 2 - 0.5 of the source.
    for (let i = 2; i < 30; i++) expect(twice.data[i]).toBeCloseTo((i + 0.5) / 2 - 0.5, 5)
  })

  it('is the identity at the same size', () => {
    const source = picture(7, 9)
    expect(resample(source, 7, 9)).toBe(source)
  })
})

describe('pictures of one size', () => {
  const gray = { data: Float32Array.of(1, 2, 3, 4), width: 2, height: 2, channels: 1 }

  it('have each gray value three times in color, and stay as they are where they have color', () => {
    const color = inThreeChannels(gray)
    expect(color).toEqual({
      data: Float32Array.of(1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4),
      width: 2,
      height: 2,
      channels: 3,
    })
    expect(inThreeChannels(color)).toBe(color)
  })

  it('are added pixel by pixel', () => {
    const sum = sumOfPictures([gray, gray, gray])
    expect([...sum.data]).toEqual([3, 6, 9, 12])
    expect([...gray.data]).toEqual([1, 2, 3, 4])
    expect(() => sumOfPictures([gray, { ...gray, data: new Float32Array(3) }])).toThrow(RangeError)
    expect(() => sumOfPictures([])).toThrow(TypeError)
  })
})
