import { z } from 'zod'
import { backboneParameter, imageParameters, memoryParameters, scoringParameters } from '../../parameters.ts'
import { memoryComponents, scoresFrom, textureComponent } from '../../scores.ts'

/** Every parameter of a memory of features alone. It trains no network. */
export const memoryConfigSchema = z.strictObject({
  channels: imageParameters.channels,
  resizing: imageParameters.resizing,
  backbone: backboneParameter('efficientnet-lite2'),
  featureScale: memoryParameters.featureScale,
  texture: z.boolean().default(false).meta({
    description: 'Learn the texture of good parts too, and store how far each photograph is from it',
    source: 'Roth et al. 2022, equation 6',
  }),
  score: z
    .enum(scoresFrom([...memoryComponents, textureComponent]))
    .default('combined')
    .meta({
      description: 'The score that the queue sorts by',
    }),
  reduction: scoringParameters.reduction,
})
export type MemoryConfig = z.output<typeof memoryConfigSchema>
