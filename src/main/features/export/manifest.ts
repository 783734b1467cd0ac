/** `fanoscope.json`: all that a program needs to score with an exported model as Fanoscope does. */

import { z } from 'zod'
import { regionOfInterestSchema, wholePhotograph } from '../../../shared/region-of-interest.ts'
import { type Run, scorePartsSchema } from '../../../shared/run.ts'
import { jsonObjectSchema, sha256Schema } from '../../../shared/values.ts'
import { backboneNotice } from '../../model/backbones/registry.ts'
import { exportFiles, featureGraphNames, memoryGraphNames, signatures } from '../../model/exported-files.ts'
import { inputShape } from '../../model/input-shape.ts'
import type { ModelDescription } from '../../model/model-file.ts'
import { leastFeatureSide } from '../../model/parameters.ts'
import {
  besideGraph,
  componentsOf,
  memoryComponent,
  memoryComponents,
  type ScoreParts,
  scoreKinds,
  scoresFrom,
  textureComponent,
} from '../../model/scores.ts'
import { findDataset } from '../../store/datasets.ts'
import { activePoint } from '../../store/operating-points.ts'
import type { Workspace } from '../../store/workspace.ts'
import { settingsInUse } from '../runs/score-settings.ts'

/** How a photograph becomes the input of the graph; the run's configuration and the manifest say it in the same way. */
const inputOfGraph = {
  /**
   * `whole`: stretched to size x size. `tiles`: scaled by `scale`, then cut into overlapping tiles. `features`: cut
   * into overlapping windows of what the graph of `features` gives. `photograph`: not cut; the only graph is that of
   * `memory`.
   */
  input: z.enum(['whole', 'tiles', 'features', 'photograph']),
  /** Side of a tile in pixels, or of a window in cells. */
  size: z.int().nullable(),
  channels: z.union([z.literal(1), z.literal(3)]),
  scale: z.number(),
  /** `exact`: as `docs/model-format.md` says. `libvips`: also of models from before there was a choice. */
  resizing: z.enum(['exact', 'libvips']).default('libvips'),
  /** `local`: x, scaled and before it is cut, is normalized as `docs/model-package.md` says. */
  normalization: z.enum(['none', 'local']).default('none'),
  overlap: z.number(),
}

/** A graph that takes photographs of any size and holds a backbone. */
const graphOfPhotographs = {
  /** What it is called in the SavedModel. */
  signature: z.string(),
  /** Its file in a package; null where it has operations that ONNX does not know. */
  onnx: z.string().nullable(),
  backbone: z.string(),
  /** Photographs are scaled by this, but not so that their shorter side has fewer pixels than `leastSide`. */
  scale: z.number(),
  leastSide: z.int(),
  tensor: z.literal('float32 [1, height, width, 3]'),
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
    tensor: z.enum([
      'float32 [batch, size, size, channels]',
      'float32 [batch, size, size, values]',
      'float32 [1, height, width, 3]',
    ]),
    batch: z.int(),
  }),
  /** The graph of the features that windows are cut from; null where tiles are of pixels. */
  features: z
    .object({
      ...graphOfPhotographs,
      /** Values of a cell. */
      values: z.int(),
      inputs: z.array(z.string()),
      outputs: z.array(z.string()),
    })
    .nullable()
    .default(null),
  /** The graph of whole photographs; null where the run has no memory of features. */
  memory: z
    .object({
      ...graphOfPhotographs,
      inputs: z.array(z.string()),
      outputs: z.array(z.string()),
      /** What the map of the run has besides the graph's `map`, by the names of learned components. */
      mapBeside: z.array(z.string()),
    })
    .nullable()
    .default(null),
  /** Licence notices that go with the model. */
  notices: z.array(z.string()).default([]),
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
    /** Components that the graph of tiles outputs, in order; those of the graph of photographs are in `memory`. */
    components: z.array(z.string()),
    /** Components that no graph outputs. */
    beside: z.array(z.string()),
    /**
     * Set where the score above needs components from outside of the graphs: a score that these alone can compute.
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

/** Where each component of a model comes from, once it is exported. */
function placesOf({ model, componentNames }: ModelDescription) {
  const ofMemory = memoryComponents.filter((name) => componentNames.includes(name))
  const others = componentNames.filter((name) => !ofMemory.some((of) => of === name))
  // A search is no graph, so tiles have none then.
  const ofTiles = others.filter((name) => model !== 'anogan' && !besideGraph.includes(name))
  return { ofMemory, ofTiles, beside: others.filter((name) => !ofTiles.includes(name)) }
}

/** Whether a score is made of components that the graphs do not all give. */
export const needsMore = (
  score: string,
  { parts, beside }: { parts?: ScoreParts | undefined; beside: readonly string[] },
): boolean => componentsOf(score, parts).some((component) => beside.includes(component))

/** A score that the graphs alone can compute, where they cannot compute the one in use; null where they can. */
function scoreOfGraph(kind: string, description: ModelDescription) {
  const { ofMemory, ofTiles, beside } = placesOf(description)
  const { calibration, parts } = description
  const isBeyond = (score: string): boolean => needsMore(score, { parts, beside })
  if (!isBeyond(kind)) return null
  const given = scoresFrom([...ofTiles, ...ofMemory]).filter((name) => !isBeyond(name))
  const found = scoreKinds.find(({ name }) => given.includes(name) && (calibration[name]?.length ?? 0) > 0)
  const scores = found ? (calibration[found.name] ?? []) : []
  const threshold = scores[Math.min(scores.length - 1, Math.floor(scores.length * normalShare))]
  return found && threshold !== undefined
    ? { kind: found.name, formula: found.formula, threshold, normalShare }
    : null
}

/** Of a run's configuration. One without tiles has a backbone and its scale. */
const configSchema = z.object({
  ...inputOfGraph,
  input: inputOfGraph.input.default('photograph'),
  size: inputOfGraph.size.default(null),
  scale: z.number().default(1),
  overlap: z.number().default(0),
  latent: z.number().default(1),
  window: z.int().default(1),
  components: z.int().default(0),
  backbone: z.string().default('none'),
  // A trained run that uses features has a number; where none are used nothing was chosen.
  featureScale: z
    .union([z.number(), z.literal('auto')])
    .default(1)
    .transform((scale) => (scale === 'auto' ? 1 : scale)),
  map: z.string().default(memoryComponent),
})

type GraphConfig = z.infer<typeof configSchema>

const ofPhotographs = 'float32 [1, height, width, 3]'

const holdingBackbone = ({ backbone, featureScale }: GraphConfig) =>
  ({ backbone, scale: featureScale, leastSide: leastFeatureSide, tensor: ofPhotographs }) as const

/** The graph of features; null where the model has none. */
function featuresOf(description: ModelDescription, config: GraphConfig): Manifest['features'] {
  if (config.input !== 'features' || placesOf(description).ofTiles.length === 0) return null
  return {
    ...holdingBackbone(config),
    signature: signatures.features,
    onnx: exportFiles.featuresOnnx,
    values: inputShape({ ...config, size: config.size ?? 0 }).channels,
    inputs: [featureGraphNames.photograph],
    outputs: [featureGraphNames.features],
  }
}

/** The graph of whole photographs; null where the model has none. */
function memoryOf(description: ModelDescription, config: GraphConfig): Manifest['memory'] {
  const { ofMemory, ofTiles } = placesOf(description)
  if (ofMemory.length === 0) return null
  const alone = config.input === 'photograph' || ofTiles.length === 0
  const hasRegion = (description.regionOfInterest ?? wholePhotograph).kind !== 'none'
  const { photograph, inside, score, distances, map: mapName } = memoryGraphNames
  return {
    ...holdingBackbone(config),
    signature: alone ? signatures.main : signatures.memory,
    onnx: alone ? exportFiles.onnx : exportFiles.memoryOnnx,
    inputs: [photograph, ...(hasRegion ? [inside] : [])],
    outputs: [...ofMemory, score, distances, mapName],
    mapBeside:
      config.map === memoryComponent && description.componentNames.includes(textureComponent)
        ? [textureComponent]
        : [],
  }
}

/** How tiles, windows or the photograph become the input of the main graph. */
function inputOf(config: GraphConfig, batch: number) {
  const { input, size, window, scale, featureScale } = config
  if (input === 'photograph') return { size, scale: featureScale, tensor: ofPhotographs, batch: 1 } as const
  if (input === 'features') {
    return {
      size: window,
      scale: featureScale,
      tensor: 'float32 [batch, size, size, values]',
      batch,
    } as const
  }
  const own = input === 'tiles' ? scale : 1
  return { size, scale: own, tensor: 'float32 [batch, size, size, channels]', batch } as const
}

/** The licence notice of the backbone that a model holds; older models do not have it in their description. */
const noticeOf = ({ notice }: ModelDescription, { config }: Run): string | null =>
  notice ?? backboneNotice(config.backbone)

/** The same as a list, which is empty where there is none. */
export const noticesOf = (description: ModelDescription, run: Run): string[] =>
  [noticeOf(description, run)].filter((notice) => notice !== null)

export interface ManifestFacts {
  run: Run
  description: ModelDescription
  white16: number
  batch: number
  version: string
}

export function manifestOf({ db }: Workspace, facts: ManifestFacts): Manifest {
  const { run, description, white16, batch, version } = facts
  const config = configSchema.parse(run.config)
  const { input, channels, resizing, normalization, overlap, latent } = config
  const memory = memoryOf(description, config)
  const { ofTiles, beside } = placesOf(description)
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
      channels,
      ...inputOf(config, batch),
      resizing,
      normalization,
      overlap,
      regionOfInterest: description.regionOfInterest ?? wholePhotograph,
      range: [-1, 1],
      white16,
      resize: 'linear, antialiased',
      gray: 'Rec. 601',
    },
    features: featuresOf(description, config),
    memory,
    notices: noticesOf(description, run),
    score: {
      kind: score,
      formula: scoreKinds.find(({ name }) => name === score)?.formula ?? '',
      k,
      reduction,
      latent,
      expectedCriticValue: description.expectedCriticValue,
      ...(description.parts && { parts: description.parts }),
      components: ofTiles,
      beside,
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
