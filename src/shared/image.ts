/** Images: photographs of parts, as the database has them. */

import { z } from 'zod'
import { messageSchema } from './messages/message.ts'
import { idSchema, imageIdSchema, sha256Schema, timeSchema } from './values.ts'

/** How a folder of photographs is laid out on disk. */
export const layoutSchema = z.enum(['mvtec', 'flat'])
export type Layout = z.infer<typeof layoutSchema>

/**
 * What an image is used for. No choice of any kind is made on `test`. `live` are parts that came over a watched line:
 * they measure nothing, and may be learned from once an operator has accepted them.
 */
export const splitSchema = z.enum(['train', 'validation', 'test', 'live'])
export type Split = z.infer<typeof splitSchema>

/** What is known about the part on an image. */
export const labelSchema = z.enum(['normal', 'anomalous', 'unlabeled'])
export type Label = z.infer<typeof labelSchema>

/** A file type that can be imported, recognized by content and not by name. */
export const imageFormatSchema = z.enum(['png', 'jpeg', 'tiff', 'bmp', 'webp'])
export type ImageFormat = z.infer<typeof imageFormatSchema>

export const imageSchema = z.object({
  id: imageIdSchema,
  datasetId: idSchema,
  sha256: sha256Schema,
  /** Path of the original inside the imported folder, with forward slashes. */
  file: z.string().min(1),
  /** Pixels, upright (after the EXIF orientation). */
  width: z.int().positive(),
  height: z.int().positive(),
  /** 1 for gray, 3 for color; alpha is flattened and not counted. */
  channels: z.union([z.literal(1), z.literal(3)]),
  bitDepth: z.union([z.literal(8), z.literal(16)]),
  /** Largest sample value in the file: a 12-bit camera in a 16-bit file stays below 4096. */
  peak: z.int().nonnegative(),
  bytes: z.int().positive(),
  format: imageFormatSchema,
  split: splitSchema,
  label: labelSchema,
  defectType: z.string().nullable(),
  maskSha256: sha256Schema.nullable(),
  /** Images of one part (several views) share a group and stay in one split. */
  partGroup: z.string().nullable(),
  /** Messages of the topic `warning`. */
  warnings: z.array(messageSchema),
  importedAt: timeSchema,
  removedAt: timeSchema.nullable(),
})
export type Image = z.infer<typeof imageSchema>
