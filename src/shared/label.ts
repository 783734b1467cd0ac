/**
 * What is drawn on a photograph to say where its defects are. Coordinates are pixels of the upright photograph;
 * pixel (0, 0) spans from 0 to 1, so a rectangle from 0 to 2 covers exactly two pixels.
 *
 * Shapes lie on each other in their order: a later one covers an earlier one, and one that erases takes away.
 */
import { z } from 'zod'
import { call, id, runId } from './call.ts'
import { labelSchema } from './image.ts'
import { messageSchema } from './messages/message.ts'
import { sha256Schema } from './values.ts'

const coordinate = z.number().min(-100_000).max(100_000)
/** x, y, x, y ... */
const points = z.array(coordinate).max(400_000)

export const defectTypeNameSchema = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}]*$/u, 'no control characters')

export const polygonShapeSchema = z.object({
  kind: z.literal('polygon'),
  defectType: defectTypeNameSchema,
  points: points.min(6),
})
export const rectangleShapeSchema = z.object({
  kind: z.literal('rectangle'),
  defectType: defectTypeNameSchema,
  x: coordinate,
  y: coordinate,
  width: z.number().positive().max(100_000),
  height: z.number().positive().max(100_000),
})
/** The line that a round tip of `size` pixels across leaves. */
export const strokeShapeSchema = z.object({
  kind: z.literal('stroke'),
  /** Null takes away what lies below. */
  defectType: defectTypeNameSchema.nullable(),
  size: z.number().min(0.5).max(2000),
  points: points.min(2),
})
/** Single pixels: a mask that was imported, or proposed by an anomaly map. */
export const regionShapeSchema = z.object({
  kind: z.literal('region'),
  defectType: defectTypeNameSchema,
  /** Where the region's box begins, and its size. */
  x: z.int(),
  y: z.int(),
  width: z.int().positive(),
  height: z.int().positive(),
  /** Lengths of runs along the rows of the box: outside, inside, outside, ... */
  runs: z.array(z.int().nonnegative()).max(4_000_000),
})

export const shapeSchema = z.discriminatedUnion('kind', [
  polygonShapeSchema,
  rectangleShapeSchema,
  strokeShapeSchema,
  regionShapeSchema,
])
export type Shape = z.infer<typeof shapeSchema>
export type RegionShape = z.infer<typeof regionShapeSchema>

export const shapesSchema = z.array(shapeSchema).max(20_000)

/** A kind of defect as the label screen shows it: its place in the list is its digit on the keyboard. */
export const defectTypeSchema = z.object({
  name: defectTypeNameSchema,
  /** #rrggbb */
  color: z.string().regex(/^#[0-9a-f]{6}$/),
})
export type DefectType = z.infer<typeof defectTypeSchema>

/** Colors for new defect types, by Okabe and Ito: told apart by color-blind people too. */
export const defectColors = [
  '#e69f00',
  '#56b4e9',
  '#cc79a7',
  '#f0e442',
  '#009e73',
  '#d55e00',
  '#0072b2',
  '#9b8cff',
  '#7fd1ae',
] as const

export const defectColor = (place: number): string =>
  defectColors[place % defectColors.length] ?? defectColors[0]

/** What a defect is called that nobody has named. */
export const unnamedDefect = 'defect'

export const savedAnnotationSchema = z.object({
  maskSha256: sha256Schema.nullable(),
  label: labelSchema,
  defectType: z.string().nullable(),
  /** Pixels of each kind of defect, the largest first. */
  areas: z.array(z.object({ defectType: z.string(), area: z.int().positive() })),
})
export type SavedAnnotation = z.infer<typeof savedAnnotationSchema>

/** Formats that masks are read from and written to. */
export const maskFormatSchema = z.enum(['mvtec', 'coco', 'labelme'])
export type MaskFormat = z.infer<typeof maskFormatSchema>

export const maskExportSchema = z.object({
  folder: z.string(),
  images: z.int().nonnegative(),
  files: z.int().nonnegative(),
})
export type MaskExport = z.infer<typeof maskExportSchema>

export const maskImportSchema = z.object({
  /** Images that got masks. */
  images: z.int().nonnegative(),
  /** What was not used, and why: messages of the topic `reason`. */
  skipped: z.array(messageSchema.extend({ file: z.string() })),
})
export type MaskImport = z.infer<typeof maskImportSchema>

export const labelCalls = {
  /** Kinds of defects in the order of their keys. */
  'label.types': call(z.object({ dataset: z.string() }), z.array(defectTypeSchema)),
  'label.setTypes': call(
    z.object({ dataset: z.string(), types: z.array(defectTypeSchema).max(100) }),
    z.array(defectTypeSchema),
  ),
  /** What is drawn on an image; where only a mask was imported, its pixels. */
  'label.open': call(
    z.object({ image: id }),
    z.object({
      shapes: shapesSchema,
      /** Runs that have an anomaly map of it. */
      maps: z.array(runId),
    }),
  ),
  /** Answers after shapes and mask are stored and synced to disk. */
  'label.save': call(
    z.object({ image: id, shapes: shapesSchema, operator: z.string().nullable().default(null) }),
    savedAnnotationSchema,
  ),
  'label.export': call(
    z.object({ dataset: z.string(), format: maskFormatSchema, folder: z.string().min(1) }),
    maskExportSchema,
  ),
  'label.import': call(
    z.object({ dataset: z.string(), format: maskFormatSchema, folder: z.string().min(1) }),
    maskImportSchema,
  ),
} as const
