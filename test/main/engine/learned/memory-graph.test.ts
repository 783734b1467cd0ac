/** The graph of a memory that other programs get, run by TensorFlow from its bytes, against the engine's own path. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Pixels } from '../../../../src/main/engine/data/geometry.ts'
import { identityNode } from '../../../../src/main/engine/graph/ir.ts'
import type { StepGraph } from '../../../../src/main/engine/graph/program-graph.ts'
import { encodeGraph, encodeSavedModel } from '../../../../src/main/engine/graph/saved-model.ts'
import type { Learned } from '../../../../src/main/engine/learned/learnable.ts'
import { photographMemory } from '../../../../src/main/engine/learned/photograph-memory.ts'
import type { PhotographMeasure } from '../../../../src/main/engine/scoring/tile-scorer.ts'
import { onlyMemory } from '../../../../src/main/model/parameters.ts'
import { readTensors } from '../../../../src/main/model/safetensors.ts'
import { memoryConfigSchema } from '../../../../src/main/model/systems/memory/config.ts'
import { createRandom } from '../../../../src/main/platform/random.ts'
import { elementAt } from '../../../../src/shared/element-at.ts'
import { describeWithBackbone } from '../../model/backbones/present.ts'
import { runSavedModel, type Values } from '../graph/run-saved-model.ts'

const random = createRandom(8)

/** A striped surface with noise. */
function surface(width: number, height: number): Pixels {
  const period = 5 + random.int(4)
  const data = new Float32Array(width * height * 3)
  for (let i = 0; i < data.length; i++) {
    const place = Math.floor(i / 3)
    data[i] = 0.5 * Math.sin((place % width) / period + Math.floor(place / width) / 9) + 0.1 * random.normal()
  }
  return { data, width, height, channels: 3 }
}

function learnedOf(tensors: Awaited<ReturnType<typeof readTensors>>['tensors']): Learned {
  const { learning } = photographMemory
  if (learning.from !== 'photographs') throw new Error('a memory is of photographs')
  const parameters = onlyMemory({ ...memoryConfigSchema.parse({}), memory: true })
  const gathering = learning.gather(4, createRandom(2), parameters, tensors)
  for (let i = 0; i < 4; i++) {
    const forFeatures = surface(120, 100)
    gathering.add(
      {
        photograph: forFeatures,
        reconstruction: null,
        inside: null,
        insideAt: () => null,
        forFeatures,
      },
      1,
    )
  }
  return gathering.finish()
}

/** The outputs of a graph, run as other programs run it. */
function outputsOf({ inputs, outputs }: StepGraph, given: Record<string, Values>): Record<string, Values> {
  const nodes = outputs.map(({ name, edge }) => ({ name, node: identityNode(`out/${name}`, edge, []) }))
  const signature = {
    inputs: Object.fromEntries(inputs.map(({ name, node }) => [name, node])),
    outputs: Object.fromEntries(nodes.map(({ name, node }) => [name, node])),
  }
  const roots = [...nodes, ...inputs].map(({ node }) => node)
  return runSavedModel(encodeSavedModel(encodeGraph(roots), { graph: signature }), 'graph', given)
}

describeWithBackbone('the graph of a memory', (file) => {
  let measure: PhotographMeasure
  beforeAll(async () => {
    const made = learnedOf((await readTensors(file)).tensors).ofPhotograph?.()
    if (made === undefined) throw new Error('a memory measures photographs')
    measure = made
  })
  afterAll(() => measure.dispose())

  const compare = (picture: Pixels, inside: Uint8Array | null): void => {
    const { width, height } = picture
    const { exported } = measure
    if (exported === undefined) throw new Error('a memory has a graph')
    const expected = exported.outputs(picture, inside)
    const found = outputsOf(exported.graph(inside !== null), {
      photograph: { shape: [1, height, width, 3], data: picture.data },
      inside: { shape: [height, width], data: Float32Array.from(inside ?? []) },
    })
    expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort())
    for (const [name, { shape, data }] of Object.entries(expected)) {
      expect(found[name]?.shape).toEqual([...shape])
      for (const [i, value] of data.entries()) {
        const difference = Math.abs(elementAt(found[name]?.data ?? [], i, name) - value)
        expect(difference / Math.max(1, Math.abs(value))).toBeLessThan(1e-4)
      }
    }
  }

  it('gives what the engine gives, for photographs of any size', () => {
    for (const [width, height] of [
      [120, 100],
      [203, 155],
      [33, 40],
      [300, 32],
    ] as const) {
      compare(surface(width, height), null)
    }
  })

  it('counts only the cells of which half lies inside, and all where none does', () => {
    const picture = surface(150, 108)
    const disk = Uint8Array.from({ length: 150 * 108 }, (_, i) =>
      Math.hypot((i % 150) - 60, Math.floor(i / 150) - 50) < 40 ? 1 : 0,
    )
    compare(picture, disk)
    compare(picture, new Uint8Array(disk.length))
  })

  it('gives what scoring stores', () => {
    const forFeatures = surface(130, 90)
    const { values } = measure.measure({
      photograph: forFeatures,
      reconstruction: null,
      inside: null,
      insideAt: () => null,
      forFeatures,
    })
    const outputs = measure.exported?.outputs(forFeatures, null)
    expect([outputs?.['memory-local']?.data[0], outputs?.['memory-all']?.data[0]]).toEqual(
      values.map(Math.fround),
    )
  })
})
