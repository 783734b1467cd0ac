/** Features and score of `texture` against `test/reference/texture.py`, which computes them from the documents alone. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { texturesOf } from '../../../../src/main/engine/learned/local-texture.ts'
import { NearestNormal, type NormalTexture } from '../../../../src/main/engine/learned/nearest-normal.ts'
import { farthest } from '../../../../src/main/engine/scoring/distance-map.ts'
import { describeCompiled } from '../graph/native.ts'
import { madeInput } from '../systems/made-numbers.ts'

const document = z
  .object({
    cases: z.array(
      z.object({
        width: z.int(),
        height: z.int(),
        channels: z.literal([1, 3]),
        cells: z.tuple([z.int(), z.int()]),
        features: z.array(z.array(z.number()).length(43)).length(3),
        score: z.number(),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, '../../../reference/texture.json'), 'utf8')))

function bankOf(side: string): NormalTexture {
  const whitening = madeInput(`${side}/whitening`, [43, 43], 0.1)
  for (let i = 0; i < 43; i++) whitening[i * 44] = (whitening[i * 44] ?? 0) + 1
  return {
    mean: madeInput(`${side}/mean`, [43], 0.2),
    whitening,
    bank: madeInput(`${side}/bank`, [50, 43]),
    usual: 1.5,
  }
}

describeCompiled('texture agrees with an independent program', () => {
  it.each(document.cases)('of $width x $height pixels in $channels channels', (wanted) => {
    const { width, height, channels } = wanted
    const picture = (name: string, noise: number) => {
      const data = madeInput(`${name} ${width}`, [height, width, channels], noise)
      for (const [i, value] of data.entries()) {
        const pixel = Math.floor(i / channels)
        const stripes = 0.4 * Math.sin((pixel % width) / 6 + Math.floor(pixel / width) / 11)
        data[i] = value + stripes
      }
      return { data, width, height, channels }
    }
    const textures = texturesOf(picture('x', 0.3), picture('y', 0.1))
    const { rows, columns, data } = textures.photograph
    expect([rows, columns]).toEqual(wanted.cells)
    for (const [i, cell] of [0, 2 * columns + 3, rows * columns - 1].entries()) {
      const found = data.subarray(cell * 43, (cell + 1) * 43)
      const worst = Math.max(...found.map((value, k) => Math.abs(value - (wanted.features[i]?.[k] ?? NaN))))
      expect(worst).toBeLessThan(1e-4)
    }
    const nearest = new NearestNormal({ photograph: bankOf('photograph'), residual: bankOf('residual') })
    expect(Math.abs(farthest(nearest.distances(textures)) / wanted.score - 1)).toBeLessThan(1e-4)
    nearest.dispose()
  })
})
