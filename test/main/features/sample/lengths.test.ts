/** What a line's photographs are made of covers all of a photograph. */
import { expect, it } from 'vitest'
import { createCamera, defocus, photograph } from '../../../../src/main/features/sample/camera.ts'
import { addDefect } from '../../../../src/main/features/sample/defects.ts'
import { type Pose, renderPart, type Scene } from '../../../../src/main/features/sample/part.ts'
import { createRandom } from '../../../../src/main/platform/random.ts'

const pixels = 256 * 256
const some = new Float32Array(pixels - 1)
const all = new Float32Array(pixels)
const pose: Pose = { dx: 0, dy: 0, rotation: 0, scale: 1 }
const lighting = { azimuth: 0, level: 1, falloff: 0 }
const scene: Scene = { pose, lighting, luminance: all, beneath: all, metal: all }
const random = createRandom(1)

it.each([
  ['a scene out of focus', () => defocus(some, 1)],
  ['gains of a camera', () => photograph({ ...createCamera(random), gain: some }, all, 1, random)],
  ['a fixture', () => renderPart({ luminance: some }, pose, lighting, random)],
  ['a scene for a defect', () => addDefect('dent', { ...scene, luminance: some }, random)],
  ['what is beneath a part', () => addDefect('chip', { ...scene, beneath: some }, random)],
  ['metal', () => addDefect('stain', { ...scene, metal: some }, random)],
])('%s of another size is refused', (_, make) => {
  expect(make).toThrow(RangeError)
  expect(make).toThrow('65536 values were expected, 65535 were given')
})
