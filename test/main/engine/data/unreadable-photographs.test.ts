import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ImageCache } from '../../../../src/main/engine/data/image-cache.ts'
import type { InputMode } from '../../../../src/main/engine/data/load-image.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { partPicture } from '../parts.ts'

const mode: InputMode = {
  input: 'whole',
  size: 32,
  channels: 1,
  scale: 1,
  resizing: 'exact',
  normalization: 'none',
}

async function photographs(damaged: readonly number[]) {
  const folder = temporaryFolder()
  const images = []
  for (let i = 0; i < 4; i++) {
    const file = join(folder, `${i}.png`)
    const picture = await partPicture(i)
    writeFileSync(file, damaged.includes(i) ? picture.subarray(0, picture.length / 2) : picture)
    images.push({ id: i, file, name: `part ${i}.png`, width: 64, height: 64, white: null })
  }
  const told: string[] = []
  const cache = new ImageCache(images, mode, 1e9, ({ name }, { code }) => told.push(`${name} ${code}`))
  return { cache, told }
}

describe('a photograph that cannot be read any more', () => {
  it('is named once, and the next one that can be read takes its place', async () => {
    const { cache, told } = await photographs([1, 2])
    const [, instead, , last] = await Promise.all([0, 1, 1, 3].map((index) => cache.load(index)))
    expect(instead).toEqual(last)
    expect(await cache.load(2)).toEqual(last)
    expect(told.sort()).toEqual(['part 1.png truncated', 'part 2.png truncated'])
  })

  it('is a failure only where none can be read', async () => {
    const { cache } = await photographs([0, 1, 2, 3])
    await expect(cache.load(2)).rejects.toMatchObject({
      code: 'photographs-unreadable',
      params: { count: 4 },
    })
  })
})
