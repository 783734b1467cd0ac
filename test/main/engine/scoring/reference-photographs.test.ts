/**
 * Scores and maps from the photograph's file on, against `test/reference/photographs.py`, which computes them from the
 * documents alone.
 */

import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { scoreImages } from '../../../../src/main/engine/scoring/score-images.ts'
import { systemNamed } from '../../../../src/main/engine/systems/registry.ts'
import { resolveConfig } from '../../../../src/main/model/catalog.ts'
import { imageScore, parseScoreKind } from '../../../../src/main/model/scores.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { describeCompiled } from '../graph/native.ts'
import { madeTensors } from '../systems/made-models.ts'

const document = z
  .object({
    white16: z.number(),
    expectedCriticValue: z.number(),
    files: z.record(z.string(), z.base64()),
    cases: z.array(
      z.object({
        name: z.string(),
        file: z.string(),
        model: z.string(),
        config: z.looseObject({ region: z.array(z.number()).optional() }),
        tiles: z.number(),
        scores: z.record(z.string(), z.number()),
        map: z.tuple([z.number(), z.number(), z.number()]).nullable(),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, '../../../reference/photographs.json'), 'utf8')))

const sizesOfPng = (file: Buffer) => ({ width: file.readUInt32BE(16), height: file.readUInt32BE(20) })

describeCompiled('what is found on a photograph agrees with an independent program', () => {
  it.each(document.cases)('$name', async ({ file: name, model, config: { region, ...set }, ...wanted }) => {
    const bytes = Buffer.from(document.files[name] ?? '', 'base64')
    const file = join(temporaryFolder(), 'part.png')
    await writeFile(file, bytes)
    const values = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).parse(set)
    const { config } = resolveConfig({ model, preset: 'smoke', set: values })
    const description = {
      format: 1 as const,
      model,
      config,
      componentNames: [],
      calibration: {},
      mapScale: 1,
      expectedCriticValue: document.expectedCriticValue,
      weightsSha256: '',
    }
    const tensors = madeTensors(model, config)
    const { scorer, mode, overlap, options } = systemNamed(model).load({ tensors, description }, 3)
    const image = {
      id: 1,
      file,
      ...sizesOfPng(bytes),
      white: name.includes('16 bits') ? document.white16 : null,
    }
    const regionOfInterest = region && { kind: 'drawn' as const, polygons: [region] }
    const looked = { scorer, mode: { ...mode, regionOfInterest }, overlap }
    for await (const picture of scoreImages([image], looked)) {
      if ('why' in picture) throw new Error(JSON.stringify(picture.why))
      expect(picture.tiles).toBe(wanted.tiles)
      for (const [kind, score] of Object.entries(wanted.scores)) {
        const found = imageScore(picture.components, scorer.componentNames, {
          ...options,
          kind: parseScoreKind(kind),
        })
        expect(Math.abs(found / score - 1), kind).toBeLessThan(1e-4)
      }
      expect(picture.pictures === null).toBe(wanted.map === null)
      if (picture.pictures === null || wanted.map === null) continue
      const { data } = picture.pictures.map
      const projected = data.reduce((sum, value, i) => sum + value * Math.cos(0.7 * i + 0.3), 0)
      const [mean, largest, projection] = wanted.map
      expect(data.reduce((sum, value) => sum + value, 0) / data.length).toBeCloseTo(mean, 5)
      expect(Math.max(...data)).toBeCloseTo(largest, 5)
      expect(projected).toBeCloseTo(projection, 3)
    }
    scorer.dispose()
  })
})
