/** Backbones: networks trained on millions of photographs, whose features tell surfaces apart. */
import { z } from 'zod'
import { call, none } from './call.ts'

/** How a backbone is called in a configuration. */
export const backboneNameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]{0,59}$/, 'letters a to z, digits, points and hyphens')

const perChannel = z.tuple([z.number(), z.number(), z.number()])

/** What a person writes about a network of their own, as a JSON file; docs/backbones.md explains each field. */
export const backboneDescriptionSchema = z.strictObject({
  name: backboneNameSchema.refine((name) => name !== 'none', '"none" stands for no backbone'),
  /** For lists and reports; the name where it is left out. */
  title: z.string().min(1).max(120).optional(),
  /** The signature of the SavedModel. */
  signature: z.string().min(1).default('serving_default'),
  /** The input of the signature. */
  input: z.string().min(1),
  channelOrder: z.enum(['rgb', 'bgr']).default('rgb'),
  layout: z.enum(['nhwc', 'nchw']).default('nhwc'),
  /** The network's input is (v - mean) / scale for values v from 0 to 255, by channel in the network's order. */
  mean: perChannel,
  scale: z.tuple([z.number().positive(), z.number().positive(), z.number().positive()]),
  /** `same`: what TensorFlow adds more of at the right and below. `symmetric`: the same on both sides. */
  padding: z.enum(['same', 'symmetric']).default('same'),
  /** Outputs of the signature, or nodes; the cells of the first one are those that are compared. */
  outputs: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        channels: z.int().min(1).max(8192),
        stride: z.literal([1, 2, 4, 8, 16, 32, 64]),
      }),
    )
    .min(1)
    .max(8),
  /** SPDX identifier, or the words under which it may be used. */
  licence: z.string().min(1).max(200),
  copyright: z.string().max(200).optional(),
  /** Who made the weights, and of what. */
  origin: z.string().min(1).max(500),
  address: z.url().optional(),
})
export type BackboneDescription = z.infer<typeof backboneDescriptionSchema>

/** A backbone that Fanoscope knows, and whether its weights are on this computer. */
export const backboneSchema = z.object({
  /** As configurations name it. */
  name: z.string(),
  title: z.string(),
  licence: z.string(),
  copyright: z.string().nullable(),
  origin: z.string(),
  address: z.string().nullable(),
  /** The file name of the Python wheel that carries the weights; null for a network that a person added. */
  wheel: z.string().nullable(),
  /**
   * The weights: their absolute path, their size, and whether set-up or a person brought them, `own` being a network
   * that a person added; null: not here.
   */
  weights: z
    .object({ file: z.string(), bytes: z.int(), source: z.enum(['setup', 'import', 'own']) })
    .nullable(),
})
export type BackboneInfo = z.infer<typeof backboneSchema>

/** File endings of what can be imported. */
export const backboneFileEndings = ['whl', 'pth', 'pt', 'safetensors'] as const

export const backboneCalls = {
  'backbone.list': call(none, z.object({ backbones: z.array(backboneSchema) })),
  /** Takes weights from a wheel, a file of PyTorch or a safetensors file, by its absolute path. */
  'backbone.import': call(z.object({ file: z.string().min(1) }), backboneSchema),
  /** Adds a network from the folder of a SavedModel and a JSON file that describes it, by their absolute paths. */
  'backbone.add': call(
    z.object({ folder: z.string().min(1), description: z.string().min(1) }),
    backboneSchema,
  ),
  /** Removes a network that a person added; models that were made with it keep their copy. */
  'backbone.remove': call(z.object({ name: z.string() }), none),
} as const
