/** `fanoscope.json`: all that a program needs to score with an exported model as Fanoscope does. */

import { z } from 'zod'
import { regionOfInterestSchema, wholePhotograph } from '../../../shared/region-of-interest.ts'
import { type Run, scorePartsSchema } from '../../../shared/run.ts'
import { jsonObjectSchema, sha256Schema } from '../../../shared/values.ts'
import type { ModelDescription } from '../../model/model-file.ts'
import { besideGraph, scoreKinds, scoresFrom } from '../../model/scores.ts'
import { findDataset } from '../../store/datasets.ts'
import { activePoint } from '../../store/operating-points.ts'
import type { Workspace } from '../../store/workspace.ts'
import { settingsInUse } from '../runs/score-settings.ts'

/** How a photograph becomes the input of the graph; the run's configuration and the manifest say it in the same way. */
const inputOfGraph = {
  /** `whole`: stretched to size x size. `tiles`: scaled by `scale`, then cut into overlapping tiles. */
  input: z.enum(['whole', 'tiles']),
  size: z.int(),
  channels: z.union([z.literal(1), z.literal(3)]),
  scale: z.number(),
  /** `local`: x, scaled and before it is cut, is normalized as `docs/model-package.md` says. */
  normalization: z.enum(['none', 'local']).default('none'),
  overlap: z.number(),
}

export const manifestSchema = z.object({
  format: z.literal(1),
  kind: z.literal('fanoscope-model'),
  fanoscope: z.string(),
  run: z.string(),
  name: z.string().nullable(),
  dataset: z.string(),
  model: z.string(),
  preset: z.string(),
  seed: z.int(),
  steps: z.int(),
  seconds: z.number(),
  exportedAt: z.string(),
  weightsSha256: z.string(),
  /** How a photograph becomes the input of the graph. */
  preprocessing: z.object({
    ...inputOfGraph,
    /** What of a photograph counts: see `docs/model-package.md`. */
    regionOfInterest: regionOfInterestSchema.default(wholePhotograph),
    /** x = 2 v / white - 1, at most 1. For 8 bits white is 255. */
    range: z.tuple([z.literal(-1), z.literal(1)]),
    white16: z.number(),
    resize: z.literal('linear, antialiased'),
    gray: z.literal('Rec. 601'),
    tensor: z.literal('float32 [batch, size, size, channels]'),
    batch: z.int(),
  }),
  /** How the graph's components of tiles become a score. */
  score: z.object({
    kind: z.string(),
    formula: z.string(),
    k: z.number(),
    reduction: z.string(),
    latent: z.number(),
    expectedCriticValue: z.number(),
    /** What is usual of each part of the score `combined`. */
    parts: scorePartsSchema.exactOptional(),
    /** Components that the graph outputs, in order. */
    components: z.array(z.string()),
    /** Components that are measured outside of the graph. */
    beside: z.array(z.string()),
    /**
     * Set where the score above needs components from outside of the graph: a score that the graph alone can compute.
     * Its threshold was not set by a person: this share of the normal validation images scores below it.
     */
    ofGraph: z
      .object({ kind: z.string(), formula: z.string(), threshold: z.number(), normalShare: z.number() })
      .nullable()
      .default(null),
  }),
  /** Scores of the normal validation images by kind, ascending: a percentile is a place among them. */
  calibration: z.record(z.string(), z.array(z.number())),
  /** Half of it is the 99.5th percentile of map values on normal validation images. */
  mapScale: z.number(),
  /** A part is flagged at score >= threshold; null where none was set. */
  threshold: z
    .object({
      name: z.string(),
      version: z.int(),
      threshold: z.number(),
      regions: z.object({ leastArea: z.int(), leastStrength: z.number() }).nullable(),
      target: z.string().nullable(),
      operator: z.string(),
      reason: z.string(),
      validationSha256: z.string(),
    })
    .nullable(),
  config: jsonObjectSchema,
  /** SHA-256 of each file of the package; empty where the description is inside a model file. */
  files: z.record(z.string(), sha256Schema),
})
export type Manifest = z.infer<typeof manifestSchema>

/** The share of normal validation images below the threshold of a score for which no person set one. */
const normalShare = 0.99

/** A score that the graph alone can compute, where it cannot compute the one in use; null where it can. */
function scoreOfGraph(kind: string, { componentNames, calibration }: ModelDescription) {
  if (!besideGraph.includes(kind)) return null
  const given = scoresFrom(componentNames.filter((name) => !besideGraph.includes(name)))
  const found = scoreKinds.find(({ name }) => given.includes(name) && (calibration[name]?.length ?? 0) > 0)
  const scores = found ? (calibration[found.name] ?? []) : []
  const threshold = scores[Math.min(scores.length - 1, Math.floor(scores.length * normalShare))]
  return found && threshold !== undefined
    ? { kind: found.name, formula: found.formula, threshold, normalShare }
    : null
}

const configSchema = z.object({ ...inputOfGraph, latent: z.number().default(1) })

export interface ManifestFacts {
  run: Run
  description: ModelDescription
  white16: number
  batch: number
  version: string
}

export function manifestOf({ db }: Workspace, facts: ManifestFacts): Manifest {
  const { run, description, white16, batch, version } = facts
  const { input, size, channels, scale, normalization, overlap, latent } = configSchema.parse(run.config)
  const { score, k, reduction } = settingsInUse(db, run)
  const point = activePoint(db, run.id)
  return {
    format: 1,
    kind: 'fanoscope-model',
    fanoscope: version,
    run: run.id,
    name: run.name,
    dataset: findDataset(db, run.datasetId).name,
    model: run.model,
    preset: run.preset,
    seed: run.seed,
    steps: run.stepsDone,
    seconds: run.seconds,
    exportedAt: new Date(db.now()).toISOString(),
    weightsSha256: description.weightsSha256,
    preprocessing: {
      input,
      size,
      channels,
      scale: input === 'tiles' ? scale : 1,
      normalization,
      overlap,
      regionOfInterest: description.regionOfInterest ?? wholePhotograph,
      range: [-1, 1],
      white16,
      resize: 'linear, antialiased',
      gray: 'Rec. 601',
      tensor: 'float32 [batch, size, size, channels]',
      batch,
    },
    score: {
      kind: score,
      formula: scoreKinds.find(({ name }) => name === score)?.formula ?? '',
      k,
      reduction,
      latent,
      expectedCriticValue: description.expectedCriticValue,
      ...(description.parts && { parts: description.parts }),
      components: description.componentNames.filter((name) => !besideGraph.includes(name)),
      beside: description.componentNames.filter((name) => besideGraph.includes(name)),
      ofGraph: scoreOfGraph(score, description),
    },
    calibration: description.calibration,
    mapScale: description.mapScale,
    threshold: point && {
      name: point.name,
      version: point.version,
      threshold: point.threshold,
      regions: point.regions,
      target: point.target,
      operator: point.operator,
      reason: point.reason,
      validationSha256: point.validation.hash,
    },
    config: run.config,
    files: {},
  }
}
