/**
 * What a machine is told of a part, and of the state of the line. docs/results.schema.json is made of these schemas:
 * receivers rely on them, so a field keeps its name and meaning.
 */
import { z } from 'zod'

/** The inspection point that every workspace begins with. */
export const firstPoint = 'line'

/** The name of an inspection point. It is safe as a part of the name of a folder, and of a topic. */
export const pointNameSchema = z
  .string()
  .trim()
  .regex(/^[\p{L}\p{N}](?:[\p{L}\p{N} ._-]{0,38}[\p{L}\p{N}])?$/u)

export const machineVerdictSchema = z.enum(['good', 'reject'])

/**
 * Why a machine is told its verdict. `passed`: the model found nothing. `flagged`: it found something. `refused`: the
 * file cannot be read as a photograph. `late`: there was no verdict within the set time. `incomplete`: a view of the
 * part was missing after the set time.
 */
export const causeSchema = z.enum(['passed', 'flagged', 'refused', 'late', 'incomplete'])
export type Cause = z.infer<typeof causeSchema>

const isoTime = z.iso.datetime()

export const resultDocumentSchema = z
  .object({
    format: z.literal('fanoscope.result/1'),
    number: z
      .int()
      .positive()
      .describe('Grows by each result of the workspace. One that came before is a repetition.'),
    point: z.string().describe('The inspection point.'),
    part: z.int().positive().describe('The number of the part in the workspace.'),
    file: z
      .string()
      .describe(
        'The name of its photograph in the watched folder; of several views, of the one that decided.',
      ),
    verdict: machineVerdictSchema,
    cause: causeSchema.describe(
      'passed: nothing found. flagged: something found. refused: no photograph. late: no verdict within the set time. incomplete: a view was missing after the set time.',
    ),
    score: z.number().nullable(),
    threshold: z.number().nullable().describe('A score from here on is flagged.'),
    run: z.string().nullable().describe('The trained run that judged.'),
    operatingPoint: z.int().nullable().describe('The number of the operating point that judged.'),
    arrivedAt: isoTime,
    judgedAt: isoTime,
    partNumber: z
      .string()
      .optional()
      .describe(
        'The number of the part: what the program gave that posted its photograph or, of a part with several views, what the names of its photographs have.',
      ),
    views: z
      .array(
        z.object({
          view: z.string(),
          part: z.int().positive().describe('The number of this photograph in the workspace.'),
          file: z.string(),
          verdict: z
            .enum(['good', 'flagged', 'refused'])
            .nullable()
            .describe('null: the view had no verdict when the result was told.'),
          score: z.number().nullable(),
          threshold: z.number().nullable(),
        }),
      )
      .optional()
      .describe('Of a part with several views: those that came.'),
  })
  .describe('The result of one part.')
export type ResultDocument = z.infer<typeof resultDocumentSchema>

/**
 * `ready`: waits for a part. `judging`: parts wait for their verdict. `engine-away`: the engine starts, or has ended.
 * `storage-full`: nothing can be stored. `camera-away`: the watched folder cannot be read, or the program that fills it
 * does not run. `light-changed`: the newest photograph is unlike all that the model knows. `stopped`: nothing is watched.
 */
export const lineStateSchema = z.enum([
  'ready',
  'judging',
  'engine-away',
  'storage-full',
  'camera-away',
  'light-changed',
  'stopped',
])
export type LineState = z.infer<typeof lineStateSchema>

export const stateDocumentSchema = z
  .object({
    format: z.literal('fanoscope.state/1'),
    point: z.string(),
    state: lineStateSchema.describe(
      'Only in ready and judging are parts judged. A machine must take every other state, and silence, for a stop.',
    ),
    at: isoTime.describe('Sent at every change and at each heartbeat.'),
  })
  .describe('The state of the line.')
export type StateDocument = z.infer<typeof stateDocumentSchema>

export const testDocumentSchema = z
  .object({ format: z.literal('fanoscope.test/1'), point: z.string(), at: isoTime })
  .describe('A test by a person; no part belongs to it.')
export type TestDocument = z.infer<typeof testDocumentSchema>

export type OutputDocument = ResultDocument | StateDocument | TestDocument
