/** A trained model on disk: `model/weights.safetensors` and `model/model.json` in the run's folder. */

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { Failure, reasonOf } from '../../shared/failure.ts'
import { regionOfInterestSchema } from '../../shared/region-of-interest.ts'
import { scorePartsSchema } from '../../shared/run.ts'
import { writeFileDurably } from '../platform/durable-file.ts'
import { readTensors, type TensorMap, writeTensors } from './safetensors.ts'

export const modelDescriptionSchema = z.object({
  format: z.literal(1),
  model: z.string(),
  config: z.record(z.string(), z.unknown()),
  componentNames: z.array(z.string()),
  calibration: z.record(z.string(), z.array(z.number())),
  mapScale: z.number().positive(),
  expectedCriticValue: z.number(),
  /** What is usual of each part of the score `combined`. */
  parts: scorePartsSchema.optional(),
  weightsSha256: z.string(),
  /** What of each photograph counts, where not all of it does. */
  regionOfInterest: regionOfInterestSchema.optional(),
  /** The licence notice of the backbone that the model holds, where it holds one. */
  notice: z.string().optional(),
  /** What the scores were calibrated with, where it is not float32. */
  precision: z.literal('bfloat16').optional(),
})
export type ModelDescription = z.infer<typeof modelDescriptionSchema>

export interface StoredModel {
  tensors: TensorMap
  description: ModelDescription
}

const weightsFile = (folder: string): string => join(folder, 'model', 'weights.safetensors')
const descriptionFile = (folder: string): string => join(folder, 'model', 'model.json')

/** Writes weights first: a description without weights cannot be found. */
export async function writeModel(folder: string, { tensors, description }: StoredModel): Promise<void> {
  await writeTensors(weightsFile(folder), tensors, { format: 'fanoscope-1' })
  await writeFileDurably(descriptionFile(folder), `${JSON.stringify(description, null, 1)}\n`)
}

/** Throws Failures `not-trained` and `model-corrupt`. */
export async function readModel(folder: string): Promise<StoredModel> {
  let text: string
  try {
    text = await readFile(descriptionFile(folder), 'utf8')
  } catch (cause) {
    throw new Failure('not-trained', { case: 'unreadable', file: descriptionFile(folder) }, { cause })
  }
  try {
    const description = modelDescriptionSchema.parse(JSON.parse(text))
    const { tensors } = await readTensors(weightsFile(folder))
    return { tensors, description }
  } catch (cause) {
    throw new Failure('model-corrupt', { folder: join(folder, 'model'), reason: reasonOf(cause) }, { cause })
  }
}
