/** The schema of what outputs send, for those who write receivers: docs/results.schema.json is made of it. */
import { z } from 'zod'
import { resultDocumentSchema, stateDocumentSchema, testDocumentSchema } from './result.ts'

export const resultsSchema = (): object => ({
  title: 'What the outputs of Fanoscope send',
  ...z.toJSONSchema(z.union([resultDocumentSchema, stateDocumentSchema, testDocumentSchema])),
})
