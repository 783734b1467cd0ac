/** The white of 16-bit photographs: which sample value of a camera is as bright as it gets. */
import { z } from 'zod'
import { call } from './call.ts'

export const whiteSchema = z.int().min(1).max(65_535)

export const whiteLevelSchema = z.object({
  /** What a person set; null where nobody did. */
  set: whiteSchema.nullable(),
  /** What the 16-bit photographs of the dataset show; null where there is none. */
  seen: whiteSchema.nullable(),
})
export type WhiteLevel = z.infer<typeof whiteLevelSchema>

export const grayLevelCalls = {
  'dataset.white': call(z.object({ dataset: z.string() }), whiteLevelSchema),
  /** Sets the white for trainings from now on; null for what the photographs show. */
  'dataset.setWhite': call(
    z.object({
      dataset: z.string(),
      white: whiteSchema.nullable(),
      operator: z.string().nullable().default(null),
    }),
    whiteLevelSchema,
  ),
} as const
