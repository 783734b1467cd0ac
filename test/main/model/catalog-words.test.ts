import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { listSystems } from '../../../src/main/model/catalog.ts'

const named = z.object({ name: z.string(), text: z.string() })
const wordsSchema = z.object({
  system: z.record(z.string(), z.string()),
  preset: z.record(z.string(), named),
  score: z.record(z.string(), z.string()),
  parameter: z.record(z.string(), named),
  unit: z.record(z.string(), z.string()),
})

describe.each(['en', 'zh-CN'])('the locale file %s', (locale) => {
  const file = join(import.meta.dirname, '../../../src/renderer/i18n', `${locale}.json`)
  const words = wordsSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  const { systems, scores, presets } = listSystems()
  const parameters = systems.flatMap((system) => system.parameters)

  it.each([
    ['system', systems.map(({ name }) => name), words.system],
    ['preset', presets.map(({ name }) => name), words.preset],
    ['score', scores.map(({ name }) => name), words.score],
    ['parameter', parameters.map(({ name }) => name), words.parameter],
    ['unit', parameters.flatMap(({ unit }) => unit ?? []), words.unit],
  ])('has words for every %s of the catalog', (_, names, there) => {
    expect(names.filter((name) => !(name in there))).toEqual([])
  })
})
