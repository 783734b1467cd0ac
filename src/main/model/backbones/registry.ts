/**
 * The backbones: networks that were trained on millions of photographs, from which features are taken. What each is
 * stands in `registry.json`, because set-up, which runs before anything is installed, reads it too.
 */
import { z } from 'zod'
import { sha256Schema } from '../../../shared/values.ts'
import registry from './registry.json' with { type: 'json' }

const backboneSchema = z.object({
  /** As its authors call it. */
  title: z.string(),
  /** SPDX identifier. */
  licence: z.string(),
  copyright: z.string(),
  /** Who made the weights, in a sentence. */
  origin: z.string(),
  /** Where their makers describe them. */
  address: z.url(),
  /** The Python wheel that carries the weights, and the path of the weights in it. */
  wheel: z.object({
    project: z.string(),
    version: z.string(),
    tag: z.string(),
    bytes: z.int().positive(),
    sha256: sha256Schema,
    weights: z.string(),
  }),
  tensors: z.object({
    /** `digestOf` the tensors that are kept: it is this backbone exactly when they have this digest. */
    sha256: sha256Schema,
    /** How the names of tensors begin that are not kept: those behind the last layer that could give features. */
    leftOut: z.array(z.string()),
  }),
  /** Where features are taken: the output of a block (counted from 0), its channels, and pixels for each cell. */
  layers: z.array(
    z.object({ block: z.int().nonnegative(), channels: z.int().positive(), stride: z.int().positive() }),
  ),
  /** By how much photographs are scaled first. */
  scale: z.number().positive(),
  /** The network's input is (v - subtract) / divide for a value v from 0 to 255. */
  normalization: z.object({ subtract: z.number(), divide: z.number().positive() }),
})
export type Backbone = z.infer<typeof backboneSchema> & { name: string }

export const backbones: readonly Backbone[] = Object.entries(
  z.record(z.string(), backboneSchema).parse(registry),
).map(([name, backbone]) => ({ name, ...backbone }))

/** Null for a name that no backbone has. */
export const backboneByName = (name: string): Backbone | null =>
  backbones.find((backbone) => backbone.name === name) ?? null

/** Values of one cell: the channels of all its layers. */
export const featureCountOf = ({ layers }: Backbone): number =>
  layers.reduce((sum, { channels }) => sum + channels, 0)

/**
 * The notice that goes with everything made with a backbone: what it is, its licence and where it comes from. Null for
 * a configuration without one. Like every licence notice it is not translated.
 */
export function backboneNotice(name: unknown): string | null {
  const backbone = typeof name === 'string' ? backboneByName(name) : null
  if (backbone === null) return null
  const { title, licence, copyright, origin, address } = backbone
  return `${title}: ${origin}. ${licence}, ${copyright}, ${address}`
}

/** The file name of its wheel (PEP 427). */
export const wheelFileOf = ({ wheel }: Backbone): string =>
  `${wheel.project.replaceAll('-', '_')}-${wheel.version}-${wheel.tag}.whl`
