import { z } from 'zod'
import { backbones, imageParameters, memoryParameters, scoringParameters } from '../../parameters.ts'
import { memoryComponents, scoresFrom } from '../../scores.ts'

/** Every parameter of a memory of features alone. It trains no network. */
export const memoryConfigSchema = z.strictObject({
  channels: imageParameters.channels,
  backbone: z.enum(backbones).default('efficientnet-lite2').meta({
    description: 'The network, trained on other photographs, whose features are used',
    source: 'Tan and Le 2019',
  }),
  featureScale: memoryParameters.featureScale,
  score: z.enum(scoresFrom(memoryComponents)).default('combined').meta({
    description: 'The score that the queue sorts by',
  }),
  reduction: scoringParameters.reduction,
})
export type MemoryConfig = z.output<typeof memoryConfigSchema>
