/** What `--json` prints, by the table of the design: fields may be added to these, none may go. */
import { z } from 'zod'

const whole = z.int().nonnegative()
const rate = z.number().min(0).max(1).nullable()

export const documents = {
  import: z.object({
    dataset: z.string(),
    imported: whole,
    duplicates: z.array(z.object({ file: z.string(), of: z.string() })),
    refused: z.array(z.object({ file: z.string(), code: z.string(), reason: z.string() })),
    splits: z.object({ train: whole, validation: whole, test: whole, live: whole }),
  }),
  train: z.object({
    run: z.string(),
    model: z.string(),
    preset: z.string(),
    seed: whole,
    steps: whole,
    seconds: z.number().positive(),
    losses: z.record(z.string(), z.number()),
    resumed: z.boolean(),
    stopped: z.boolean(),
    weightsSha256: z.string().length(64).nullable(),
  }),
  score: z.object({
    run: z.string(),
    images: whole,
    seconds: z.number(),
    imagesPerSecond: z.number(),
    already: whole,
  }),
  evaluate: z.object({
    run: z.string(),
    score: z.string(),
    split: z.string(),
    n: z.object({ normal: whole, anomalous: whole }),
    imageAuroc: rate,
    imageAuprc: rate,
    pixelAuroc: rate,
    aupro: rate,
    perDefectType: z.record(z.string(), z.object({ n: whole, imageAuroc: rate, pixelAuroc: rate })),
  }),
  list: z.array(
    z.object({
      image: z.int().positive(),
      file: z.string(),
      score: z.number(),
      calibrated: z.number().min(0).max(100),
      decision: z.enum(['accept', 'reject', 'unsure']).nullable(),
      operator: z.string().nullable(),
    }),
  ),
  models: z.object({
    systems: z.array(
      z.object({
        name: z.string(),
        paper: z.string(),
        scores: z.array(z.string()),
        parameters: z.array(z.object({ name: z.string() })),
      }),
    ),
    scores: z.array(z.object({ name: z.string(), formula: z.string() })),
    presets: z.array(z.object({ name: z.string() })),
  }),
  error: z.object({
    error: z.object({ code: z.string(), message: z.string().min(1), remedy: z.string().min(1) }),
  }),
} as const
