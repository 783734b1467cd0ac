import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { describer, likeness, nearlySame, pictureCells } from '../../../src/main/images/likeness.ts'
import { createRandom } from '../../../src/main/platform/random.ts'

const width = 96
const height = 80

/** A disc that every part has, and waves that are the part's own. */
function part(seed: number): Float64Array {
  const random = createRandom(seed)
  const waves = Array.from({ length: 6 }, () => [random.uniform(), random.uniform(), random.uniform() * 6])
  return Float64Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)]
    const own = waves.reduce((sum, [a = 0, b = 0, c = 0]) => sum + Math.sin(0.3 * (a * x + b * y) + c), 0)
    return (Math.hypot(x - 48, y - 40) < 30 ? 170 : 60) + 3 * own
  })
}

const photograph = (values: Float64Array) =>
  sharp(Uint8Array.from(values, Math.round), { raw: { width, height, channels: 1 } })
    .png()
    .toBuffer()
const cellsOf = async (values: Float64Array) => pictureCells(await photograph(values))
const line = Promise.all(Array.from({ length: 12 }, (_, seed) => cellsOf(part(seed))))

describe('the likeness of two pictures', () => {
  it('of the same part, brighter and with noise, is nearly one', async () => {
    const look = describer(await line)
    const random = createRandom(99)
    const again = part(3).map((value) => value * 1.1 + random.normal())
    expect(likeness(look(await cellsOf(part(3))), look(await cellsOf(again)))).toBeGreaterThan(nearlySame)
  })

  it('of two parts before one camera is not, although they look alike', async () => {
    const cells = await line
    const look = describer(cells)
    const looks = cells.map(look)
    const pairs = looks.flatMap((a, i) => looks.slice(i + 1).map((b) => likeness(a, b)))
    expect(Math.max(...pairs)).toBeLessThan(0.7)
  })

  it('is there for pictures of one color', () => {
    const flat = new Uint16Array(256).fill(9)
    expect(likeness(describer([flat])(flat), describer([flat])(flat))).toBe(0)
  })

  const tiles = join(import.meta.dirname, '../../../../shared/data/magnetic-tile/train')
  it.skipIf(!existsSync(tiles))(
    'is rarely that of duplicates for real tiles (needs ../shared/data/magnetic-tile)',
    async () => {
      const files = readdirSync(tiles, { recursive: true, encoding: 'utf8' }).filter((name) =>
        /\.(png|jpe?g)$/i.test(name),
      )
      const cells = await Promise.all(files.map((name) => pictureCells(join(tiles, name))))
      const looks = cells.map(describer(cells))
      const pairs = looks.flatMap((a, i) => looks.slice(i + 1).map((b) => likeness(a, b)))
      expect(pairs.filter((alike) => alike >= nearlySame).length).toBeLessThan(pairs.length / 1000)
    },
  )
})
