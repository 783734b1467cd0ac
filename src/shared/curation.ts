/** Versions of a dataset, and proposals of what to learn from next. */

import { z } from 'zod'
import { call, id, runId } from './call.ts'
import { idSchema, imageIdSchema, sha256Schema, timeSchema } from './values.ts'

/** An immutable set of the images that a training may take its gradients from. */
export const datasetVersionSchema = z.object({
  id: idSchema,
  datasetId: idSchema,
  /** 1 is the training split as it was imported. */
  number: z.int().positive(),
  parentId: idSchema.nullable(),
  createdAt: timeSchema,
  /** Name of who confirmed it; null for the first, which nobody chose. */
  operator: z.string().nullable(),
  reason: z.string(),
  images: z.int().positive(),
  /** SHA-256 of the sorted hashes of its images: equal exactly when the sets are. */
  sha256: sha256Schema,
})
export type DatasetVersion = z.infer<typeof datasetVersionSchema>

/** Why an accepted image is not proposed without a second look. */
export const curationMarkSchema = z.enum([
  /** Among the highest scores of what was accepted: a defect may have been waved through. */
  'high-score',
  /** Nearly the same picture is in the set, or proposed, already. */
  'near-duplicate',
  /** Nearly the same picture is in the validation or test split, which would then no longer be independent. */
  'held-out-duplicate',
  /** Operators did not agree about it. */
  'disagreement',
  /** Its day and group of parts have more than their share. */
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
  /** By the run that the proposal was made with; null where it has not scored it. */
  score: z.number().nullable(),
  calibrated: z.number().nullable(),
  /** Who accepted it last. */
  operator: z.string(),
  hasMap: z.boolean(),
  marks: z.array(curationMarkSchema),
  /** The image that it nearly equals. */
  duplicateOf: imageIdSchema.nullable(),
  /** Taken unless a person decides otherwise: nothing is marked. */
  proposed: z.boolean(),
  /** It can be taken at all: copies of held-out images cannot. */
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
  /** The version that the proposal would be added to. */
  base: datasetVersionSchema,
  candidates: z.array(curationCandidateSchema),
  removals: z.array(curationRemovalSchema),
  /** How the set would be spread afterwards: images by day of import and group of parts. */
  balance: z.array(
    z.object({ day: z.string(), partGroup: z.string().nullable(), now: z.int(), proposed: z.int() }),
  ),
  /** Held-out images that were kept out of the proposal: nobody may learn from them. */
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
  /** What could be learned from next, of what operators accepted; changes nothing. */
  'curation.propose': call(z.object({ run: runId }), curationProposalSchema),
  /** Makes the proposal a version, as a person confirmed it. */
  'curation.confirm': call(
    z.object({
      run: runId,
      /** The version that the person saw the proposal for. */
      base: z.string().min(1),
      include: z.array(id).default([]),
      exclude: z.array(id).default([]),
      operator: z.string().min(1),
      reason: z.string().max(2000),
    }),
    datasetVersionSchema,
  ),
} as const
