/**
 * The region of interest: the part of a photograph that counts. Pixels outside of it are neither learned nor scored.
 */
import { z } from 'zod'
import { call, id, runId } from './call.ts'

/** Corners x, y, x, y ... as shares of the photograph's width and height. */
const polygonSchema = z
  .array(z.number().min(0).max(1))
  .min(6)
  .max(2000)
  .refine((points) => points.length % 2 === 0, 'pairs of x and y')

export const regionOfInterestSchema = z.discriminatedUnion('kind', [
  /** The whole photograph. */
  z.object({ kind: z.literal('none') }),
  /** Drawn: the same on every photograph, namely all pixels inside of any of the polygons. */
  z.object({ kind: z.literal('drawn'), polygons: z.array(polygonSchema).min(1).max(50) }),
  /** Found on each photograph: the part, which differs in color from the background, with a margin around it. */
  z.object({
    kind: z.literal('found'),
    /** Width of the margin, as a share of the longer side. */
    margin: z.number().min(0).max(0.2).default(0.02),
  }),
])
export type RegionOfInterest = z.infer<typeof regionOfInterestSchema>

export const wholePhotograph: RegionOfInterest = { kind: 'none' }

/**
 * The pixels that count, as lengths of runs along the rows of a reduced picture, alternately outside and inside,
 * beginning with outside.
 */
export const insideRunsSchema = z.object({
  width: z.int().positive(),
  height: z.int().positive(),
  runs: z.array(z.int().nonnegative()),
})
export type InsideRuns = z.infer<typeof insideRunsSchema>

/** The region of interest of one photograph. */
export const regionOfInterestPreviewSchema = z.object({
  image: z.int().positive(),
  /** Null where the whole photograph counts. */
  inside: insideRunsSchema.nullable(),
  /** The share of the photograph that counts. */
  share: z.number().min(0).max(1),
})
export type RegionOfInterestPreview = z.infer<typeof regionOfInterestPreviewSchema>

export const regionOfInterestCalls = {
  /** The region of interest of a dataset. */
  'dataset.region': call(z.object({ dataset: z.string() }), regionOfInterestSchema),
  /** Sets it for runs that are made from now on; existing runs keep theirs. */
  'dataset.setRegion': call(
    z.object({
      dataset: z.string(),
      region: regionOfInterestSchema,
      operator: z.string().min(1).nullable().default(null),
    }),
    regionOfInterestSchema,
  ),
  /** Applies a region of interest to these photographs, as a preview; sets nothing. */
  'dataset.previewRegion': call(
    z.object({ dataset: z.string(), region: regionOfInterestSchema, images: z.array(id).max(24) }),
    z.array(regionOfInterestPreviewSchema),
  ),
  /** The region of interest of a run, and its result on one photograph. */
  'run.region': call(
    z.object({ run: runId, image: id.nullable().default(null) }),
    z.object({ region: regionOfInterestSchema, preview: regionOfInterestPreviewSchema.nullable() }),
  ),
} as const
