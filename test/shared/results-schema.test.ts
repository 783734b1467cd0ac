import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { resultsSchema } from '../../src/shared/results-schema.ts'

it('is published as docs/results.schema.json; `fanoscope outputs --schema` prints it', () => {
  const file = join(import.meta.dirname, '..', '..', 'docs', 'results.schema.json')
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(JSON.stringify(resultsSchema())))
})
