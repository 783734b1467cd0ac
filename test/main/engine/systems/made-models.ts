/** Models of every system whose weights are made up from their names, as those of `test/reference` are. */
import { z } from 'zod'
import { networksOf } from '../../../../src/main/engine/networks/blocks.ts'
import { disposeWeights } from '../../../../src/main/engine/networks/stored-weights.ts'
import type { Weights } from '../../../../src/main/engine/networks/weights.ts'
import { createFanoganWeights } from '../../../../src/main/engine/systems/fanogan/networks.ts'
import { createGanWeights } from '../../../../src/main/engine/systems/gan-system.ts'
import { createGanomalyWeights } from '../../../../src/main/engine/systems/ganomaly/networks.ts'
import type { TensorMap } from '../../../../src/main/model/safetensors.ts'
import { fanoganConfigSchema } from '../../../../src/main/model/systems/fanogan/config.ts'
import { ganomalyConfigSchema } from '../../../../src/main/model/systems/ganomaly/config.ts'
import { createRandom } from '../../../../src/main/platform/random.ts'
import { madeWeights } from './made-numbers.ts'

const ganConfigSchema = z.looseObject({
  size: z.number(),
  channels: z.number(),
  width: z.number(),
  latent: z.number(),
  blocks: z.enum(['dcgan', 'resnet']).default('dcgan'),
  norm: z.enum(['batch', 'none']).default('none'),
})

/** The weights of a model, made up from their names. */
export function madeTensors(model: string, config: Record<string, unknown>): TensorMap {
  const random = createRandom(1)
  const sets = ((): Weights[] => {
    if (model === 'fanogan')
      return Object.values(createFanoganWeights(fanoganConfigSchema.parse(config), random))
    if (model === 'ganomaly')
      return Object.values(createGanomalyWeights(ganomalyConfigSchema.parse(config), random))
    return Object.values(createGanWeights(networksOf(ganConfigSchema.parse(config)), random))
  })()
  const tensors = madeWeights(...sets)
  disposeWeights(...sets)
  return tensors
}
