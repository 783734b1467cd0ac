/** Versions of a dataset, and proposals of images to learn from next. */

import { z } from 'zod'
import { call, id, runId } from './call.ts'
import { idSchema, imageIdSchema, sha256Schema, timeSchema } from './values.ts'

/** A version: an immutable set of the images that a training may compute gradients from. */
export const datasetVersionSchema = z.object({
  id: idSchema,
  datasetId: idSchema,
  /** 1 is the training split as it was imported. */
  number: z.int().positive(),
  parentId: idSchema.nullable(),
  createdAt: timeSchema,
  /** Name of the operator who confirmed it; null for the first version, which nobody confirmed. */
  operator: z.string().nullable(),
  reason: z.string(),
  images: z.int().positive(),
  /** SHA-256 of the sorted hashes of its images: equal if and only if the sets are equal. */
  sha256: sha256Schema,
})
export type DatasetVersion = z.infer<typeof datasetVersionSchema>

/** Why an accepted image is proposed only after a second look. */
export const curationMarkSchema = z.enum([
  /** Its score is among the highest of the accepted parts: a defect may have been accepted by mistake. */
  'high-score',
  /** A nearly equal picture is in the set, or is proposed, already. */
  'near-duplicate',
  /** A nearly equal picture is in the validation or test split, which would then no longer be independent. */
  'held-out-duplicate',
  /** Operators disagreed about it. */
  'disagreement',
  /** The images of its day and part group have more than their share. */
  'balance',
])
export type CurationMark = z.infer<typeof curationMarkSchema>

export const curationCandidateSchema = z.object({
  image: imageIdSchema,
  file: z.string(),
  dataset: z.string(),
  /** Day of its import, as YYYY-MM-DD. */
  day: z.string(),
  partGroup: z.string().nullable(),
  /** The score by the run for which the proposal was made; null where the run has not scored it. */
  score: z.number().nullable(),
  calibrated: z.number().nullable(),
  /** Name of the operator who accepted it last. */
  operator: z.string(),
  hasMap: z.boolean(),
  marks: z.array(curationMarkSchema),
  /** The nearly equal image. */
  duplicateOf: imageIdSchema.nullable(),
  /** Whether the image is included unless a person decides otherwise, which is so if it has no mark. */
  proposed: z.boolean(),
  /** Whether the image can be included at all; copies of held-out images cannot. */
  allowed: z.boolean(),
})
export type CurationCandidate = z.infer<typeof curationCandidateSchema>

export const curationRemovalSchema = z.object({
  image: imageIdSchema,
  file: z.string(),
  why: z.enum(['rejected', 'removed', 'not-normal']),
})

export const curationProposalSchema = z.object({
  run: idSchema,
  dataset: z.string(),
  /** The version that the proposal would be added to. Where there is none yet, the first as it would be made. */
  base: datasetVersionSchema,
  candidates: z.array(curationCandidateSchema),
  removals: z.array(curationRemovalSchema),
  /** How the images of the set would be distributed over days of import and part groups. */
  balance: z.array(
    z.object({ day: z.string(), partGroup: z.string().nullable(), now: z.int(), proposed: z.int() }),
  ),
  /** Number of accepted images that are held out (validation or test) and so were not proposed. */
  heldOut: z.int().nonnegative(),
})
export type CurationProposal = z.infer<typeof curationProposalSchema>

export const versionDifferenceSchema = z.object({
  a: datasetVersionSchema,
  b: datasetVersionSchema,
  added: z.array(z.object({ image: imageIdSchema, file: z.string() })),
  removed: z.array(z.object({ image: imageIdSchema, file: z.string() })),
  kept: z.int().nonnegative(),
})
export type VersionDifference = z.infer<typeof versionDifferenceSchema>

export const curationCalls = {
  /** Newest first. */
  'version.list': call(z.object({ dataset: z.string().min(1) }), z.array(datasetVersionSchema)),
  'version.compare': call(z.object({ dataset: z.string().min(1), a: id, b: id }), versionDifferenceSchema),
  /** Makes a new version with the images of an old one. */
  'version.restore': call(
    z.object({
      dataset: z.string().min(1),
      number: id,
      operator: z.string().min(1),
      reason: z.string().max(2000),
    }),
    datasetVersionSchema,
  ),
  /** Proposes which of the images that operators accepted to learn from next; changes nothing. */
  'curation.propose': call(z.object({ run: runId }), curationProposalSchema),
  /** Makes a new version from the proposal, as a person confirmed it. */
  'curation.confirm': call(
    z.object({
      run: runId,
      /** The version on which the proposal was based that the person saw. */
      base: z.string().min(1),
      include: z.array(id).default([]),
      exclude: z.array(id).default([]),
      operator: z.string().min(1),
      reason: z.string().max(2000),
    }),
    datasetVersionSchema,
  ),
} as const
