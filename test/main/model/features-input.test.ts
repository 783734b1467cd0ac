import { expect, it } from 'vitest'
import { listSystems, resolveConfig } from '../../../src/main/model/catalog.ts'
import { inputShape } from '../../../src/main/model/input-shape.ts'
import { failureData } from '../../../src/shared/failure.ts'

const traits = { channels: 1, hasDirection: false, sameSize: true, side: 300 } as const
const backbone = 'efficientnet-lite2'
const systems = ['anogan', 'dcgan', 'fanogan', 'ganomaly', 'wgan', 'wgan-gp']

const failureOf = (make: () => unknown): unknown => {
  try {
    make()
  } catch (error) {
    return failureData(error)
  }
  return null
}

const resolve = (
  set: Record<string, string | number | boolean>,
  has: string | null = backbone,
  preset = 'quick',
) =>
  resolveConfig({
    model: 'fanogan',
    preset,
    set: { input: 'features', ...set },
    traits: { ...traits, backbone: has },
  })

it.each(systems)('%s can see features with each preset, with score and map of its own', (model) => {
  for (const { name: preset } of listSystems().presets.filter((of) => of.model === model)) {
    const { config } = resolveConfig({
      model,
      preset,
      set: { input: 'features' },
      traits: { ...traits, backbone },
    })
    expect(config).toMatchObject({ input: 'features', backbone, flips: 'none', memory: false })
    expect(config.score).not.toBe('memory')
    if ('map' in config) expect(config.map).toBe('residual')
  }
})

it('has n values of a window: all features of its cells, or so many components', () => {
  const { config } = resolve({ window: 2 })
  const parameters = { input: 'features', size: 64, channels: 1, backbone }
  expect(inputShape({ ...parameters, window: Number(config.window) })).toEqual({
    of: 'features',
    size: 2,
    channels: 2 * (88 + 120),
  })
  expect(inputShape({ ...parameters, components: 20 })).toEqual({ of: 'features', size: 1, channels: 20 })
  expect(inputShape({ ...parameters, input: 'tiles' })).toEqual({ of: 'pixels', size: 64, channels: 1 })
})

it('says how a backbone is brought where none is here', () => {
  expect(failureOf(() => resolve({}, null))).toMatchObject({ code: 'backbone-absent', params: { backbone } })
})

it.each([
  [{ backbone: 'none' }, 'backbone'],
  [{ texture: true }, 'texture'],
  [{ score: 'whitened' }, 'score'],
  [{ map: 'relative' }, 'map'],
])('refuses %o', (set, field) => {
  expect(failureOf(() => resolve(set))).toMatchObject({
    code: 'bad-parameter',
    params: { problems: [{ params: { field } }] },
  })
})

it('has a memory learn the texture of a surface where there are few good photographs', () => {
  const textureOf = (of: { sameSize: boolean; photographs: number }) =>
    resolveConfig({ model: 'memory', preset: 'quick', set: {}, traits: { ...traits, ...of, backbone } })
      .config
  expect(textureOf({ sameSize: false, photographs: 39 })).toMatchObject({ texture: true, score: 'combined' })
  expect(textureOf({ sameSize: false, photographs: 40 })).toMatchObject({ texture: false, score: 'combined' })
  expect(textureOf({ sameSize: true, photographs: 10 })).toMatchObject({ texture: false })
})
