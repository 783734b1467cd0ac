/** Scores of every system against `test/reference/scores.py`, which computes them from the exported files alone. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { networksOf } from '../../../../src/main/engine/networks/blocks.ts'
import { disposeWeights } from '../../../../src/main/engine/networks/stored-weights.ts'
import type { Weights } from '../../../../src/main/engine/networks/weights.ts'
import { createFanoganWeights } from '../../../../src/main/engine/systems/fanogan/networks.ts'
import { createGanWeights } from '../../../../src/main/engine/systems/gan-system.ts'
import { createGanomalyWeights } from '../../../../src/main/engine/systems/ganomaly/networks.ts'
import { systemNamed } from '../../../../src/main/engine/systems/registry.ts'
import { resolveConfig } from '../../../../src/main/model/catalog.ts'
import type { TensorMap } from '../../../../src/main/model/safetensors.ts'
import { imageScore, parseScoreKind } from '../../../../src/main/model/scores.ts'
import { searchStart } from '../../../../src/main/model/systems/anogan/search-start.ts'
import { fanoganConfigSchema } from '../../../../src/main/model/systems/fanogan/config.ts'
import { ganomalyConfigSchema } from '../../../../src/main/model/systems/ganomaly/config.ts'
import { createRandom } from '../../../../src/main/platform/random.ts'
import { describeCompiled } from '../graph/native.ts'
import { madeInput, madeWeights } from '../systems/made-numbers.ts'

const numbers = z.record(z.string(), z.array(z.number()))
const document = z
  .object({
    expectedCriticValue: z.number(),
    searchStart: z.array(z.number()),
    cases: z.array(
      z.object({
        name: z.string(),
        model: z.string(),
        config: z.looseObject({ size: z.number(), channels: z.number() }),
        components: numbers,
        scores: numbers,
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, '../../../reference/scores.json'), 'utf8')))

const ganConfigSchema = z.looseObject({
  size: z.number(),
  channels: z.number(),
  width: z.number(),
  latent: z.number(),
  blocks: z.enum(['dcgan', 'resnet']).default('dcgan'),
  norm: z.enum(['batch', 'none']).default('none'),
})

/** The weights of a model, made up from their names. */
function tensorsOf(model: string, config: Record<string, unknown>): TensorMap {
  const random = createRandom(1)
  const sets = ((): Weights[] => {
    if (model === 'fanogan')
      return Object.values(createFanoganWeights(fanoganConfigSchema.parse(config), random))
    if (model === 'ganomaly')
      return Object.values(createGanomalyWeights(ganomalyConfigSchema.parse(config), random))
    return Object.values(createGanWeights(networksOf(ganConfigSchema.parse(config)), random))
  })()
  const tensors = madeWeights(...sets)
  disposeWeights(...sets)
  return tensors
}

describeCompiled('scores agree with those of an independent program', () => {
  it.each(document.cases)('of $name', ({ model, config: set, components, scores }) => {
    const values = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).parse(set)
    const { config } = resolveConfig({ model, preset: 'smoke', set: { input: 'whole', ...values } })
    const { scorer, options } = systemNamed(model).load(
      {
        tensors: tensorsOf(model, config),
        description: {
          format: 1,
          model,
          config,
          componentNames: [],
          calibration: {},
          mapScale: 1,
          expectedCriticValue: document.expectedCriticValue,
          weightsSha256: '',
        },
      },
      3,
    )
    const x = madeInput('x', [3, set.size, set.size, set.channels])
    const found = scorer.score(x).components
    const names = scorer.componentNames
    expect(Object.keys(components).sort()).toEqual([...names].sort())
    for (let tile = 0; tile < 3; tile++) {
      const own = found.subarray(tile * names.length, (tile + 1) * names.length)
      for (const [i, name] of names.entries()) {
        const wanted = components[name]?.[tile] ?? Number.NaN
        expect(Math.abs((own[i] ?? 0) / wanted - 1), `${name} of tile ${tile}`).toBeLessThan(1e-4)
      }
      for (const [name, wanted] of Object.entries(scores)) {
        const score = imageScore(own, names, { ...options, kind: parseScoreKind(name) })
        expect(Math.abs(score / (wanted[tile] ?? Number.NaN) - 1), `${name} of tile ${tile}`).toBeLessThan(
          1e-4,
        )
      }
    }
    scorer.dispose()
  })

  it('and the search starts where the exported configuration says', () => {
    expect([...searchStart(6)]).toEqual(document.searchStart)
  })
})
