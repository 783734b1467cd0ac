import { z } from 'zod'
import { backboneParameter, imageParameters, memoryParameters, scoringParameters } from '../../parameters.ts'
import { memoryComponents, scoresFrom } from '../../scores.ts'

/** Every parameter of a memory of features alone. It trains no network. */
export const memoryConfigSchema = z.strictObject({
  channels: imageParameters.channels,
  resizing: imageParameters.resizing,
  backbone: backboneParameter('efficientnet-lite2'),
  featureScale: memoryParameters.featureScale,
  score: z.enum(scoresFrom(memoryComponents)).default('combined').meta({
    description: 'The score that the queue sorts by',
  }),
  reduction: scoringParameters.reduction,
})
export type MemoryConfig = z.output<typeof memoryConfigSchema>
