/**
 * The plan of an import: what every file of a folder was taken for, before anything is written. It can be saved as a
 * document, changed by a person and given back.
 */
import { z } from 'zod'
import { labelSchema, layoutSchema, splitSchema } from './image.ts'
import { defectTypeNameSchema } from './label.ts'
import { messageSchema } from './messages/message.ts'
import { sampleRangeSchema } from './sample-range.ts'

/** The layouts that are known by name; `folders` is any other folder, read by the words in its names. */
export const knownLayoutSchema = z.enum([
  'mvtec-ad',
  'mvtec-loco',
  'visa',
  'btad',
  'kolektor',
  'dagm',
  'real-iad',
  'coco',
  'labelme',
  'segmentation-classes',
  'label-studio',
  'cvat',
  'voc',
  'yolo',
  'table',
  'folders',
])
export type KnownLayout = z.infer<typeof knownLayoutSchema>

/** What is passed over without looking into it; `src/main/features/layouts/junk.ts` says which names. */
export const junkKindSchema = z.enum([
  'unfinished',
  'macos',
  'windows',
  'synology',
  'qnap',
  'linux',
  'android',
  'versions',
  'notebooks',
  'cloud',
  'read-me',
  'hidden',
])
export type JunkKind = z.infer<typeof junkKindSchema>

/** Why a file or folder is not looked at or not taken; each is a message of the topic `failure`. */
export const leftOutCodeSchema = z.enum([
  'link-not-followed',
  'link-broken',
  'link-loop',
  'name-not-utf8',
  'path-too-long',
  'folder-unreadable',
  'not-a-regular-file',
  'hidden-photograph',
  'not-an-image',
  'looks-like-mask',
  'mask-of-instances',
  'document-not-used',
])

/**
 * A label as it is planned. `from-mask`: normal where the mask marks nothing, anomalous where it does, as in data sets
 * that have a mask for every photograph and no folders of good and bad.
 */
export const plannedLabelSchema = z.enum([...labelSchema.options, 'from-mask'])
export type PlannedLabel = z.infer<typeof plannedLabelSchema>

/** A path below the imported folder, with forward slashes; it cannot lead out of the folder. */
const pathBelowSchema = z
  .string()
  .min(1)
  .refine((path) => !/^(?:[/\\]|[A-Za-z]:[/\\])/.test(path) && !path.split('/').includes('..'), {
    message: 'must be a path below the folder',
  })

export const plannedPhotographSchema = z.object({
  file: pathBelowSchema,
  /** The split; null where it is drawn. */
  split: splitSchema.nullable(),
  label: plannedLabelSchema,
  defectType: defectTypeNameSchema.nullable(),
  /** Its masks; several are united. */
  masks: z.array(pathBelowSchema).default([]),
  /** The part of which this is one of several views, which all stay in one split. */
  part: z.string().min(1).max(4096).nullable().default(null),
  /** Something about its name is that of a mask, so its pixels are looked at before it is taken as a photograph. */
  maskLike: z.boolean().default(false),
})
export type PlannedPhotograph = z.infer<typeof plannedPhotographSchema>

/** Documents whose shapes are drawn on the photographs that they name. */
export const annotationFormatSchema = z.enum(['coco', 'labelme', 'label-studio', 'cvat', 'voc', 'yolo'])
export type AnnotationFormat = z.infer<typeof annotationFormatSchema>

export const importPlanSchema = z.object({
  format: z.literal('fanoscope-import-plan'),
  version: z.literal(1),
  /** The folder that was looked at. */
  folder: z.string().min(1),
  layout: layoutSchema,
  recognized: knownLayoutSchema,
  /** In the order of the import: of the same bytes twice, the first is kept. */
  photographs: z.array(plannedPhotographSchema),
  /** Documents with annotations of photographs, which are read after these. */
  documents: z.array(z.object({ file: pathBelowSchema, format: annotationFormatSchema })).default([]),
  /** Files that say which defect type a value or color in the masks is, or a class number of YOLO. */
  classLists: z.array(pathBelowSchema).default([]),
  /** The values that are black and white in photographs of floating point or 32 bits; null where nobody said it. */
  range: sampleRangeSchema.nullable().default(null),
  /** Not taken, and why. */
  leftOut: z.array(messageSchema.extend({ file: z.string(), code: leftOutCodeSchema })).default([]),
  /** What a person should know of single files or folders; messages of the topic `warning`. */
  notes: z.array(messageSchema.extend({ file: z.string() })).default([]),
  /** Junk by its kind. */
  passedOver: z
    .array(z.object({ kind: junkKindSchema, count: z.int().positive(), example: z.string() }))
    .default([]),
})
export type ImportPlan = z.infer<typeof importPlanSchema>
