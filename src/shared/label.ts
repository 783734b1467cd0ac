/**
 * The shapes that are drawn on a photograph to mark its defects. Coordinates are pixels of the upright photograph;
 * pixel (0, 0) spans from 0 to 1, so a rectangle from 0 to 2 covers exactly two pixels.
 *
 * The order of shapes matters: a later one covers an earlier one, and a shape that erases removes what is below it.
 */
import { z } from 'zod'
import { acting, call, id, none, runId } from './call.ts'
import { labelSchema } from './image.ts'
import { messageSchema } from './messages/message.ts'
import { sha256Schema } from './values.ts'

/** Farthest from the photograph's upper left corner that a coordinate may be. */
export const farthest = 100_000
const coordinate = z.number().min(-farthest).max(farthest)
/** Most numbers of the outline of one shape. */
export const mostCoordinates = 400_000
/** x, y, x, y ... */
const points = z
  .array(coordinate)
  .max(mostCoordinates)
  .refine((numbers) => numbers.length % 2 === 0, 'each x has its y')

const longestName = 100

/**
 * What a shape has for a defect type where it marks a region that is to be ignored: its pixels count neither as defect
 * nor as good. No defect type can have this name; labelme calls such regions so, too.
 */
export const ignoredType = '__ignore__'

/** The type of a shape: a defect type, or `ignoredType`. Unicode has several forms for one text: stored is NFC. */
const shapeTypeSchema = z
  .string()
  .normalize('NFC')
  .trim()
  .min(1)
  .max(longestName)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'no control characters')

/** The name of a defect type. */
export const defectTypeNameSchema = shapeTypeSchema.refine((name) => name !== ignoredType, 'is reserved')

/**
 * A name from another program as the name of a defect type: without control characters, and cut to the length that
 * can be stored. Null where nothing remains.
 */
export function cleanDefectType(name: string): string | null {
  const plain = name
    .toWellFormed()
    .normalize('NFC')
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim()
  let cut = ''
  for (const character of plain) {
    if (cut.length + character.length > longestName) break
    cut += character
  }
  cut = cut.normalize('NFC').trim()
  return cut === '' || cut === ignoredType ? null : cut
}

/** As `cleanDefectType`, for a shape, which may also mark what is to be ignored. */
export const cleanShapeType = (name: string): string | null =>
  name === ignoredType ? name : cleanDefectType(name)

/** Most pieces that are cut out of one polygon. */
const mostHoles = 1000

export const polygonShapeSchema = z.object({
  kind: z.literal('polygon'),
  defectType: shapeTypeSchema,
  points: points.min(6),
  /** Outlines of what is cut out of it. They lie within it and do not cross. */
  holes: z.array(points.min(6)).min(1).max(mostHoles).optional(),
})
export const rectangleShapeSchema = z.object({
  kind: z.literal('rectangle'),
  defectType: shapeTypeSchema,
  x: coordinate,
  y: coordinate,
  width: z.number().positive().max(100_000),
  height: z.number().positive().max(100_000),
})
export const thinnestStroke = 0.5
export const thickestStroke = 2000
/** A stroke: the line that a round tip with a diameter of `size` pixels draws. */
export const strokeShapeSchema = z.object({
  kind: z.literal('stroke'),
  /** The defect type; null erases what is below. */
  defectType: shapeTypeSchema.nullable(),
  size: z.number().min(thinnestStroke).max(thickestStroke),
  points: points.min(2),
})
/** Most runs of one region: more are several regions. */
export const mostRuns = 4_000_000
/** A set of pixels: a mask that was imported, or proposed from an anomaly map. */
export const regionShapeSchema = z
  .object({
    kind: z.literal('region'),
    defectType: shapeTypeSchema,
    /** The bounding box: upper left corner and size. */
    x: z.int().min(-farthest).max(farthest),
    y: z.int().min(-farthest).max(farthest),
    width: z.int().positive().max(farthest),
    height: z.int().positive().max(farthest),
    /** Lengths of runs along the rows of the box, alternately outside and inside, beginning with outside. */
    runs: z.array(z.int().nonnegative()).max(mostRuns),
  })
  .refine(
    ({ width, height, runs }) => runs.reduce((sum, run) => sum + run, 0) <= width * height,
    'the runs end within the box',
  )

export const shapeSchema = z.discriminatedUnion('kind', [
  polygonShapeSchema,
  rectangleShapeSchema,
  strokeShapeSchema,
  regionShapeSchema,
])
export type Shape = z.infer<typeof shapeSchema>
export type RegionShape = z.infer<typeof regionShapeSchema>
export type PolygonShape = z.infer<typeof polygonShapeSchema>

/** Most shapes of one photograph. */
export const mostShapes = 20_000
export const shapesSchema = z.array(shapeSchema).max(mostShapes)

/** A defect type as the label screen shows it; its position in the list is its digit on the keyboard. */
export const defectTypeSchema = z.object({
  name: defectTypeNameSchema,
  /** #rrggbb */
  color: z.string().regex(/^#[0-9a-f]{6}$/),
})
export type DefectType = z.infer<typeof defectTypeSchema>

/** With how many photographs have it, as their own type or as that of a shape: such a type stays in the list. */
export const listedDefectTypeSchema = defectTypeSchema.extend({ images: z.int().nonnegative() })
export type ListedDefectType = z.infer<typeof listedDefectTypeSchema>

/** Colors for new defect types, by Okabe and Ito: color-blind people can distinguish them too. */
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

/** The name of a defect type that nobody has named. */
export const unnamedDefect = 'defect'

/** What is said of a whole photograph. */
export const verdictSchema = z.object({ label: labelSchema, defectType: z.string().nullable() })
export type Verdict = z.infer<typeof verdictSchema>

export const savedAnnotationSchema = verdictSchema.extend({
  maskSha256: sha256Schema.nullable(),
  /** Number of pixels of each defect type, the largest first. */
  areas: z.array(z.object({ defectType: z.string(), area: z.int().positive() })),
})
export type SavedAnnotation = z.infer<typeof savedAnnotationSchema>

/** Formats that masks are written in; `mvtec` is pictures, `yolo` outlines, `yolo-boxes` the boxes around them. */
export const maskFormatSchema = z.enum(['mvtec', 'coco', 'labelme', 'voc', 'yolo', 'yolo-boxes'])
export type MaskFormat = z.infer<typeof maskFormatSchema>
/** Formats that masks are read from. */
export const maskImportFormatSchema = z.enum([
  'mvtec',
  'coco',
  'labelme',
  'label-studio',
  'cvat',
  'voc',
  'yolo',
])
export type MaskImportFormat = z.infer<typeof maskImportFormatSchema>

export const maskExportSchema = z.object({
  folder: z.string(),
  images: z.int().nonnegative(),
  /** Number of files that were written. */
  files: z.int().nonnegative(),
  /** What the files do not say as the dataset does: messages of the topic `warning` about images. */
  notes: z.array(messageSchema.extend({ file: z.string() })),
})
export type MaskExport = z.infer<typeof maskExportSchema>

export const maskImportSchema = z.object({
  /** Number of images that got masks. */
  images: z.int().nonnegative(),
  /** Number of unlabeled images that a document gave a label, without a mask. */
  labeled: z.int().nonnegative().default(0),
  /** Files that were not used, and why: messages of the topic `reason`. */
  skipped: z.array(messageSchema.extend({ file: z.string() })),
  /** What was assumed about files that were used, and what of them was left out: messages of the topic `warning`. */
  notes: z.array(messageSchema.extend({ file: z.string() })),
})
export type MaskImport = z.infer<typeof maskImportSchema>

/** By `change`, it can be put back for thirty days. */
export const typeChangedSchema = z.object({
  change: z.int().positive(),
  /** Number of photographs that had the type. */
  images: z.int().nonnegative(),
})
export type TypeChanged = z.infer<typeof typeChangedSchema>

/** The photographs whose masks were written again, and those whose masks could not be. */
export const masksWrittenSchema = z.object({ written: z.array(z.string()), left: z.array(z.string()) })
export type MasksWritten = z.infer<typeof masksWrittenSchema>

export const labelCalls = {
  /** The defect types, in the order of their keys. */
  'label.types': call(z.object({ dataset: z.string() }), z.array(listedDefectTypeSchema)),
  'label.setTypes': call(
    z.object({ dataset: z.string(), types: z.array(defectTypeSchema).max(100), ...acting }),
    z.array(listedDefectTypeSchema),
  ),
  /** Renames a defect type on all photographs and masks of the dataset. */
  'label.renameType': call(
    z.object({
      dataset: z.string(),
      type: z.string().min(1),
      name: defectTypeNameSchema,
      operator: z.string().nullable().default(null),
    }),
    typeChangedSchema,
  ),
  /** Deletes a defect type; `into` takes what has it, and is needed where anything has. */
  'label.removeType': call(
    z.object({
      dataset: z.string(),
      type: z.string().min(1),
      into: defectTypeNameSchema.nullable().default(null),
      operator: z.string().nullable().default(null),
    }),
    typeChangedSchema,
  ),
  /** The shapes drawn on an image; where only a mask was imported, its pixels as a shape. */
  'label.open': call(
    z.object({ image: id }),
    z.object({
      shapes: shapesSchema,
      verdict: verdictSchema,
      /** Runs that have an anomaly map of the image. */
      maps: z.array(runId),
      /** The file of an imported mask that cannot be read any more, in the workspace's folder; else null. */
      damagedMask: z.string().nullable().default(null),
    }),
  ),
  /** Answers after shapes and mask are stored and synced to disk. */
  'label.save': call(
    z.object({
      image: id,
      shapes: shapesSchema,
      /** Is stored whatever the mask says, such as by undo. Left out or null: the mask decides. */
      verdict: verdictSchema.nullable().default(null),
      /** Is stored where the mask decides and marks nothing. Left out or null: what is stored stays. */
      unmasked: verdictSchema.nullable().default(null),
      operator: z.string().nullable().default(null),
    }),
    savedAnnotationSchema,
  ),
  'label.export': call(
    z.object({ dataset: z.string(), format: maskFormatSchema, folder: z.string().min(1), ...acting }),
    maskExportSchema,
  ),
  'label.import': call(
    z.object({
      dataset: z.string(),
      format: maskImportFormatSchema,
      folder: z.string().min(1),
      /** Take for the defect what the masks do not mark: for black on white. */
      invert: z.boolean().default(false),
      ...acting,
    }),
    maskImportSchema,
  ),
  /** Writes the files of masks again that are damaged or missing, from what was drawn. Nothing else changes. */
  'label.writeMasks': call(none, masksWrittenSchema),
} as const
