import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type InputMode, loadImage } from '../../../../src/main/engine/data/load-image.ts'
import { madeDefectTypes } from '../../../../src/main/model/made-defect-types.ts'
import type { RegionOfInterest } from '../../../../src/shared/region-of-interest.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { writeParts } from '../parts.ts'

const modes: InputMode[] = [
  { input: 'whole', size: 32, channels: 1, scale: 1, resizing: 'exact', normalization: 'none' },
  { input: 'tiles', size: 32, channels: 1, scale: 0.5, resizing: 'exact', normalization: 'none' },
  { input: 'tiles', size: 32, channels: 1, scale: 1, resizing: 'exact', normalization: 'local' },
]

it.each(madeDefectTypes)(
  'a made %s is on the picture that networks see, and the file stays as it is',
  async (type) => {
    const [image, other] = await writeParts(join(temporaryFolder(), 'parts'), 2, { width: 80, height: 60 })
    if (!image || !other) throw new TypeError('no parts')
    const bytes = readFileSync(image.file)
    const made = { type, seed: 3, name: 'first', donor: { file: other.file, white: null } }
    for (const mode of modes) {
      const plain = await loadImage(image, mode)
      const defective = await loadImage({ ...image, made }, mode)
      expect(defective.picture.data).not.toEqual(plain.picture.data)
      expect((await loadImage({ ...image, made }, mode)).picture).toEqual(defective.picture)
      const second = await loadImage({ ...image, made: { ...made, name: 'second' } }, mode)
      expect(second.picture.data).not.toEqual(defective.picture.data)
    }
    expect(readFileSync(image.file)).toEqual(bytes)
  },
)

it('a made defect lies where it counts, and what does not count is x = 0 whatever stands there', async () => {
  const [image, other] = await writeParts(join(temporaryFolder(), 'parts'), 2, { width: 80, height: 60 })
  if (!image || !other) throw new TypeError('no parts')
  const half: RegionOfInterest = { kind: 'drawn', polygons: [[0, 0, 0.5, 0, 0.5, 1, 0, 1]] }
  for (const mode of modes.map((plain) => ({ ...plain, regionOfInterest: half }))) {
    const plain = await loadImage(image, mode)
    const { inside } = plain
    if (!inside) throw new TypeError('all of it counts')
    expect(plain.picture.data.every((x, i) => inside[i] === 1 || x === 0)).toBe(true)
    for (const type of madeDefectTypes) {
      for (const name of ['first', 'second', 'third']) {
        const made = { type, seed: 3, name, donor: { file: other.file, white: null } }
        const { picture } = await loadImage({ ...image, made }, mode)
        expect(picture.data.some((x, i) => inside[i] === 1 && x !== plain.picture.data[i])).toBe(true)
        expect(picture.data.every((x, i) => inside[i] === 1 || x === 0)).toBe(true)
      }
    }
  }
})
