import { describe, expect, it } from 'vitest'
import { addDefect, type DefectType, defectTypes } from '../../../../src/main/features/sample/defects.ts'
import {
  createFixture,
  imageSide,
  type Lighting,
  type Pose,
  renderPart,
} from '../../../../src/main/features/sample/part.ts'
import { createRandom } from '../../../../src/main/platform/random.ts'

const lighting: Lighting = { azimuth: -2.3, level: 1, falloff: 0.07 }
const pose: Pose = { dx: 1, dy: -1, rotation: 0.01, scale: 1.005 }
const fixture = createFixture(createRandom(1, 'fixture'))
const good = renderPart(fixture, pose, lighting, createRandom(1, 'surface'))

function defective(type: DefectType, seed: number) {
  const scene = { ...good, luminance: good.luminance.slice() }
  const mask = addDefect(type, scene, createRandom(seed, 'defect'))
  const changed = scene.luminance.map((value, i) => value - (good.luminance[i] ?? 0))
  return { scene, mask, changed }
}

const cases = defectTypes.flatMap((type) => Array.from({ length: 12 }, (_, seed) => ({ type, seed })))

describe.each(cases)('$type drawn with seed $seed', ({ type, seed }) => {
  const { scene, mask, changed } = defective(type, seed)
  const inMask = changed.filter((_, i) => mask[i] === 255)

  it('is large enough to be seen at a quarter of the size', () => {
    expect(inMask.length).toBeGreaterThanOrEqual(100)
    expect(inMask.length).toBeLessThan(0.06 * imageSide * imageSide)
  })

  it('stands out from the surface inside its mask', () => {
    const mean = inMask.reduce((sum, value) => sum + Math.abs(value), 0) / inMask.length
    expect(mean).toBeGreaterThan(0.08)
  })

  it('changes next to nothing outside its mask', () => {
    const total = changed.reduce((sum, value) => sum + Math.abs(value), 0)
    const outside = changed.reduce((sum, value, i) => sum + (mask[i] === 0 ? Math.abs(value) : 0), 0)
    expect(outside / total).toBeLessThan(0.25)
  })

  it('leaves luminance that a camera can hold', () => {
    expect(scene.luminance.every((value) => value >= 0 && value < 1.2)).toBe(true)
  })
})
