/** Backbones: networks trained on millions of photographs, whose features tell surfaces apart. */
import { z } from 'zod'
import { call, none } from './call.ts'

/** A backbone that Fanoscope knows, and whether its weights are on this computer. */
export const backboneSchema = z.object({
  /** As configurations name it. */
  name: z.string(),
  title: z.string(),
  licence: z.string(),
  copyright: z.string(),
  origin: z.string(),
  address: z.string(),
  /** The file name of the Python wheel that carries the weights. */
  wheel: z.string(),
  /** The weights: their absolute path, their size, and whether set-up or a person brought them; null: not here. */
  weights: z.object({ file: z.string(), bytes: z.int(), source: z.enum(['setup', 'import']) }).nullable(),
})
export type BackboneInfo = z.infer<typeof backboneSchema>

/** File endings of what can be imported. */
export const backboneFileEndings = ['whl', 'pth', 'pt', 'safetensors'] as const

export const backboneCalls = {
  'backbone.list': call(none, z.object({ backbones: z.array(backboneSchema) })),
  /** Takes weights from a wheel, a file of PyTorch or a safetensors file, by its absolute path. */
  'backbone.import': call(z.object({ file: z.string().min(1) }), backboneSchema),
} as const
