/** Which part of a photograph counts: what lies outside is neither learned nor scored. */
import { z } from 'zod'
import { call, id, runId } from './call.ts'

/** Corners x, y, x, y ... as shares of the photograph's width and height. */
const polygonSchema = z
  .array(z.number().min(0).max(1))
  .min(6)
  .max(2000)
  .refine((points) => points.length % 2 === 0, 'pairs of x and y')

export const regionOfInterestSchema = z.discriminatedUnion('kind', [
  /** All of it. */
  z.object({ kind: z.literal('none') }),
  /** The same place on every photograph: all pixels inside any of the polygons. */
  z.object({ kind: z.literal('drawn'), polygons: z.array(polygonSchema).min(1).max(50) }),
  /** The part on each photograph, told from the ground by its color, and a margin around it. */
  z.object({
    kind: z.literal('found'),
    /** As a share of the longer side. */
    margin: z.number().min(0).max(0.2).default(0.02),
  }),
])
export type RegionOfInterest = z.infer<typeof regionOfInterestSchema>

export const wholePhotograph: RegionOfInterest = { kind: 'none' }

/** Pixels that count, as runs along the rows of a small picture: first of those outside, then inside, and so on. */
export const insideRunsSchema = z.object({
  width: z.int().positive(),
  height: z.int().positive(),
  runs: z.array(z.int().nonnegative()),
})
export type InsideRuns = z.infer<typeof insideRunsSchema>

/** What a region comes to on one photograph. */
export const regionOfInterestPreviewSchema = z.object({
  image: z.int().positive(),
  /** Null where all of it counts. */
  inside: insideRunsSchema.nullable(),
  /** Of the photograph, what counts. */
  share: z.number().min(0).max(1),
})
export type RegionOfInterestPreview = z.infer<typeof regionOfInterestPreviewSchema>

export const regionOfInterestCalls = {
  /** What of its photographs counts. */
  'dataset.region': call(z.object({ dataset: z.string() }), regionOfInterestSchema),
  /** Runs that are made from now on use it; those that are there keep theirs. */
  'dataset.setRegion': call(
    z.object({
      dataset: z.string(),
      region: regionOfInterestSchema,
      operator: z.string().min(1).nullable().default(null),
    }),
    regionOfInterestSchema,
  ),
  /** What a region comes to on these photographs; sets nothing. */
  'dataset.previewRegion': call(
    z.object({ dataset: z.string(), region: regionOfInterestSchema, images: z.array(id).max(24) }),
    z.array(regionOfInterestPreviewSchema),
  ),
  /** What of photographs counts for the run, and what that is on one of them. */
  'run.region': call(
    z.object({ run: runId, image: id.nullable().default(null) }),
    z.object({ region: regionOfInterestSchema, preview: regionOfInterestPreviewSchema.nullable() }),
  ),
} as const
