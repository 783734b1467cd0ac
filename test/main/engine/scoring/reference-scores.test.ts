/** Scores of every system against `test/reference/scores.py`, which computes them from the exported files alone. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { systemNamed } from '../../../../src/main/engine/systems/registry.ts'
import { resolveConfig } from '../../../../src/main/model/catalog.ts'
import { imageScore, parseScoreKind } from '../../../../src/main/model/scores.ts'
import { searchStart } from '../../../../src/main/model/systems/anogan/search-start.ts'
import { describeCompiled } from '../graph/native.ts'
import { madeTensors } from '../systems/made-models.ts'
import { madeInput } from '../systems/made-numbers.ts'

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

describeCompiled('scores agree with those of an independent program', () => {
  it.each(document.cases)('of $name', ({ model, config: set, components, scores }) => {
    const values = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).parse(set)
    const { config } = resolveConfig({ model, preset: 'smoke', set: { input: 'whole', ...values } })
    const { scorer, options } = systemNamed(model).load(
      {
        tensors: madeTensors(model, config),
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
