/**
 * What systems there are and what can be set on them, without loading TensorFlow: main, the command line
 * and the forms of the window read it.
 */

import { z } from 'zod'
import { Failure } from '../../shared/failure.ts'
import type { NestedMessage } from '../../shared/messages/message.ts'
import type { Parameter, Systems } from '../../shared/training.ts'
import { backboneByName, backbones } from './backbones/registry.ts'
import { fewPhotographs } from './few-photographs.ts'
import { featureCountOf, seesFeatures } from './input-shape.ts'
import type { Preset } from './preset.ts'
import {
  anoganComponents,
  criticComponents,
  fanoganComponents,
  ganomalyComponents,
  isMadeOf,
  learnedNames,
  memoryComponent,
  memoryComponents,
  type ScoreKind,
  scoreKinds,
  scoresFrom,
  textureComponent,
} from './scores.ts'
import { anoganConfigSchema } from './systems/anogan/config.ts'
import { anoganPresets } from './systems/anogan/presets.ts'
import { dcganConfigSchema } from './systems/dcgan/config.ts'
import { dcganPresets } from './systems/dcgan/presets.ts'
import { fanoganConfigSchema } from './systems/fanogan/config.ts'
import { fanoganPresets } from './systems/fanogan/presets.ts'
import { ganomalyConfigSchema } from './systems/ganomaly/config.ts'
import { ganomalyPresets } from './systems/ganomaly/presets.ts'
import { memoryConfigSchema } from './systems/memory/config.ts'
import { memoryPresets } from './systems/memory/presets.ts'
import { wganConfigSchema } from './systems/wgan/config.ts'
import { wganPresets } from './systems/wgan/presets.ts'
import { wganGpConfigSchema } from './systems/wgan-gp/config.ts'
import { wganGpPresets } from './systems/wgan-gp/presets.ts'

interface CatalogEntry {
  paper: string
  config: z.ZodObject
  presets: Preset[]
  scores: string[]
  /** The score for whole photographs, where another than the paper's finds more made defects. */
  wholeScore?: ScoreKind
}

const catalog: Record<string, CatalogEntry> = {
  fanogan: {
    paper:
      'Schlegl et al., "f-AnoGAN: Fast unsupervised anomaly detection with generative adversarial networks", Medical Image Analysis 54, 2019',
    config: fanoganConfigSchema,
    presets: fanoganPresets,
    scores: scoresFrom([...fanoganComponents, ...learnedNames]),
    wholeScore: 'peak',
  },
  ganomaly: {
    paper: 'Akcay et al., "GANomaly: Semi-supervised anomaly detection via adversarial training", ACCV 2018',
    config: ganomalyConfigSchema,
    presets: ganomalyPresets,
    scores: scoresFrom([...ganomalyComponents, ...learnedNames]),
  },
  anogan: {
    paper:
      'Schlegl et al., "Unsupervised anomaly detection with generative adversarial networks to guide marker discovery", IPMI 2017',
    config: anoganConfigSchema,
    presets: anoganPresets,
    scores: scoresFrom([...anoganComponents, ...learnedNames]),
  },
  'wgan-gp': {
    paper: 'Gulrajani et al., "Improved training of Wasserstein GANs", NIPS 2017',
    config: wganGpConfigSchema,
    presets: wganGpPresets,
    scores: scoresFrom([...criticComponents, ...memoryComponents]),
  },
  wgan: {
    paper: 'Arjovsky et al., "Wasserstein generative adversarial networks", ICML 2017',
    config: wganConfigSchema,
    presets: wganPresets,
    scores: scoresFrom([...criticComponents, ...memoryComponents]),
  },
  dcgan: {
    paper:
      'Radford et al., "Unsupervised representation learning with deep convolutional generative adversarial networks", ICLR 2016',
    config: dcganConfigSchema,
    presets: dcganPresets,
    scores: scoresFrom([...criticComponents, ...memoryComponents]),
  },
  memory: {
    paper: 'Roth et al., "Towards total recall in industrial anomaly detection", CVPR 2022',
    config: memoryConfigSchema,
    presets: memoryPresets,
    scores: scoresFrom(memoryComponents),
  },
}

const jsonParameterSchema = z.object({
  type: z.string().optional(),
  enum: z.array(z.union([z.string(), z.number()])).optional(),
  minimum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  maximum: z.number().optional(),
  anyOf: z
    .array(
      z.object({
        type: z.string(),
        const: z.string().optional(),
        minimum: z.number().optional(),
        maximum: z.number().optional(),
      }),
    )
    .optional(),
  default: z.union([z.string(), z.number(), z.boolean(), z.null()]),
  unit: z.string().optional(),
  description: z.string(),
  source: z.string().optional(),
})

function parametersOf(schema: z.ZodObject): Parameter[] {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input' })
  return Object.entries(properties).map(([name, property]) => {
    const p = jsonParameterSchema.parse(property)
    const numbers = p.anyOf?.find(({ type }) => type === 'number')
    // A number, or a word in its place.
    const words = p.anyOf?.flatMap(({ const: word }) => (word === undefined ? [] : [word]))
    const minimum = p.minimum ?? p.exclusiveMinimum ?? numbers?.minimum
    const maximum = p.maximum ?? numbers?.maximum
    // JSON Schema states the range of a plain integer as the safe integers: that is no limit worth showing.
    const bounded = (value: number | undefined) =>
      value !== undefined && Math.abs(value) < Number.MAX_SAFE_INTEGER
    return {
      name,
      type: p.enum
        ? 'choice'
        : p.type === 'boolean'
          ? 'boolean'
          : p.type === 'integer'
            ? 'integer'
            : p.type === 'number' || numbers
              ? 'number'
              : 'text',
      default: p.default,
      description: p.description,
      ...(p.enum && { choices: p.enum }),
      ...(words?.length && { choices: words }),
      ...(bounded(minimum) && { minimum }),
      ...(bounded(maximum) && { maximum }),
      ...(p.unit && { unit: p.unit }),
      ...(p.source && { source: p.source }),
    }
  })
}

const knownBackbones: readonly string[] = backbones.map(({ name }) => name)

/** The choices of a backbone: none, where its default is that, and those that there are. */
const withBackbones =
  (names: readonly string[]) =>
  (parameter: Parameter): Parameter =>
    parameter.name === 'backbone'
      ? {
          ...parameter,
          type: 'choice',
          choices: [...(parameter.default === 'none' ? ['none'] : []), ...names],
        }
      : parameter

/**
 * Every system, score and preset: the document of `models --json`.
 * @param backboneNames those that can be chosen; where it is left out, those that Fanoscope knows
 */
export function listSystems(backboneNames: readonly string[] = knownBackbones): Systems {
  return {
    systems: Object.entries(catalog).map(([name, entry]) => ({
      name,
      paper: entry.paper,
      scores: entry.scores,
      parameters: parametersOf(entry.config).map(withBackbones(backboneNames)),
    })),
    scores: scoreKinds.map(({ name, formula }) => ({ name, formula })),
    presets: Object.entries(catalog).flatMap(([model, entry]) =>
      entry.presets.map(({ name, description, values, withFeatures }) => ({
        model,
        name,
        description,
        values,
        ...(withFeatures && { withFeatures: { backbone: null, ...withFeatures } }),
      })),
    ),
  }
}

/** What the training images have in common, as far as the configuration follows from it. */
export interface DatasetTraits {
  channels: 1 | 3
  /** The part has a left and a right: no flips. */
  hasDirection: boolean
  /** All photographs are of one size. */
  sameSize: boolean
  /** Larger side of the median photograph, in pixels. */
  side: number
  /** How many there are; many where it is left out. */
  photographs?: number
  /** The backbone whose weights are on this computer; none where it is left out. */
  backbone?: string | null
}

/** Values that follow from the dataset, unless a person or the preset sets them; `set` is what they set. */
function valuesFor(
  traits: DatasetTraits,
  set: Record<string, unknown>,
  { config: schema, wholeScore }: CatalogEntry,
): Record<string, string | number | boolean> {
  if (seesFeatures(set)) return valuesForFeatures(traits, schema)
  const input = set.input ?? (traits.sameSize ? 'whole' : 'tiles')
  // The grain of a surface differs from tile to tile, and no generator reproduces it: see docs/presets.md.
  const bySurface = input === 'tiles' && 'texture' in schema.shape
  const shape: Record<string, unknown> = schema.shape
  const areFew = traits.photographs !== undefined && traits.photographs < fewPhotographs
  const remembered = { score: 'combined', map: memoryComponent }
  const values: Record<string, string | number | boolean> = {
    ...(bySurface && 'map' in shape ? { texture: true, score: textureComponent, map: textureComponent } : {}),
    // A memory alone can be exported as one graph, and texture cannot: it is worth that where there are few.
    ...(bySurface && !('map' in shape) ? { texture: areFew } : {}),
    // How it was chosen is in docs/presets.md.
    ...(input === 'whole' && wholeScore ? { score: wholeScore } : {}),
    // Features of a network that has seen millions of photographs tell more parts apart than any of these.
    // Systems that restore no image are baselines, whose own score is of interest.
    ...(traits.backbone && set.memory !== false && 'texture' in shape
      ? { memory: true, backbone: traits.backbone, ...remembered }
      : {}),
    channels: traits.channels,
    input: input === 'whole' ? 'whole' : 'tiles',
    // A whole part has an upper and a lower side; a piece of its surface has none, unless somebody says so.
    flips: input === 'whole' || traits.hasDirection ? 'none' : 'both',
    // Tiles of a photograph that is many times larger see texture only; halve it until it is some tiles wide.
    scale: traits.side > 256 ? 0.5 : 1,
  }
  return Object.fromEntries(Object.entries(values).filter(([name]) => name in shape))
}

/**
 * The same where the networks see features: the score and the map are those of the networks, and a memory of the same
 * features is only made where it is asked for.
 */
function valuesForFeatures(
  { backbone, channels }: DatasetTraits,
  { shape }: z.ZodObject,
): Record<string, string | number | boolean> {
  const values: Record<string, string | number | boolean> = {
    ...(backbone ? { backbone } : {}),
    channels,
    // For each way of mirroring, the features of each photograph have to be computed.
    flips: 'none',
  }
  return Object.fromEntries(Object.entries(values).filter(([name]) => name in shape))
}

/** A memory without a backbone would remember nothing, and there are no features without one. */
function backboneProblem(config: Record<string, unknown>): NestedMessage | null {
  const { memory, score, map, backbone } = config
  if (backbone !== 'none') return null
  if (seesFeatures(config)) return fieldProblem('backbone', 'features as input need a backbone')
  const wanted = memory === true || isMadeOf(String(score), memoryComponent) || map === memoryComponent
  return wanted ? fieldProblem('backbone', 'a memory needs a backbone') : null
}

/** What is learned of pictures and their restorations, which there are none of where the networks see features. */
const ofPictures = ['texture', 'whitened', 'relative'] as const

function featureProblems(config: Record<string, unknown>): NestedMessage[] {
  if (!seesFeatures(config)) return []
  const problems = ofPictures.flatMap((name) => {
    const { score, map } = config
    const field = config[name] === true ? name : score === name ? 'score' : map === name ? 'map' : null
    return field === null ? [] : [fieldProblem(field, `"${name}" is learned of pictures, not of features`)]
  })
  const known = backboneByName(String(config.backbone))
  const components = Number(config.components)
  const all = known === null ? null : featureCountOf(known)
  if (all === null && config.backbone !== 'none' && components === 0) {
    problems.push(fieldProblem('components', 'with a network of your own, set how many are kept'))
  }
  if (all !== null && components > all)
    problems.push(fieldProblem('components', `a cell has ${all} features`))
  return problems
}

const fieldProblem = (field: string, problem: string): NestedMessage => ({
  topic: 'reason',
  code: 'field',
  params: { field, problem },
})

/** The values of a preset, and over them what was set by name. */
function askedFor(
  { values, withFeatures = {} }: Preset,
  set: ConfigRequest['set'],
): Record<string, string | number | boolean> {
  const asked = { ...values, ...set }
  if (!seesFeatures(asked)) return asked
  // A preset that does without a backbone does so for pictures.
  const { backbone: _, ...others } = values
  return { ...others, ...withFeatures, ...set }
}

export interface ConfigRequest {
  model: string
  preset: string
  set: Record<string, string | number | boolean>
  traits?: DatasetTraits
}

/**
 * The complete configuration of a training: defaults, then what follows from the dataset, then the preset,
 * then what was set by name. Throws Failures `unknown-model`, `unknown-preset`, `bad-parameter`.
 */
export function resolveConfig({ model, preset, set, traits }: ConfigRequest): {
  config: Record<string, unknown>
  /** What follows from the dataset where nothing was set by name. */
  fromDataset: Record<string, string | number | boolean>
} {
  // Own names only: `toString` is no system.
  const entry = Object.hasOwn(catalog, model) ? catalog[model] : undefined
  if (!entry) {
    throw new Failure('unknown-model', { system: model, known: Object.keys(catalog) })
  }
  const chosen = entry.presets.find((candidate) => candidate.name === preset)
  if (!chosen) {
    const known = entry.presets.map((candidate) => candidate.name)
    throw new Failure('unknown-preset', { system: model, preset, known })
  }
  const asked = askedFor(chosen, set)
  // Where no weights of a backbone are here, the failure says how they are brought.
  if (seesFeatures(asked) && traits !== undefined && !traits.backbone && asked.backbone === undefined) {
    throw new Failure('backbone-absent', { backbone: backbones[0]?.name ?? '' })
  }
  const ofDataset = traits ? valuesFor(traits, asked, entry) : {}
  const parsed = entry.config.safeParse({ ...ofDataset, ...asked })
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => {
      const where = issue.code === 'unrecognized_keys' ? issue.keys.join(', ') : issue.path.join('.')
      return fieldProblem(where, issue.message)
    })
    throw new Failure('bad-parameter', { problems })
  }
  const problem = backboneProblem(parsed.data)
  const problems = [...(problem === null ? [] : [problem]), ...featureProblems(parsed.data)]
  if (problems.length > 0) throw new Failure('bad-parameter', { problems })
  return {
    config: parsed.data,
    fromDataset: Object.fromEntries(
      Object.entries(ofDataset).filter(
        ([name]) => !(name in chosen.values) || (name === 'backbone' && seesFeatures(asked)),
      ),
    ),
  }
}
