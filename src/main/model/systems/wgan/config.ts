import { z } from 'zod'
import {
  averageParameter,
  batchParameter,
  blocksParameter,
  decayParameter,
  featureInputParameters,
  ganChoiceParameters,
  ganStepParameters,
  imageParameters,
  latentParameter,
  learningRateParameter,
  memoryParameters,
  normParameter,
  rhythmParameters,
  scoreParameter,
  scoringParameters,
  widthParameter,
} from '../../parameters.ts'
import { criticComponents, memoryComponents } from '../../scores.ts'

const wgan = 'Arjovsky et al. 2017'

/** Every parameter of WGAN; the defaults are the paper's. */
export const wganConfigSchema = z.strictObject({
  ...imageParameters,
  ...featureInputParameters,
  ...blocksParameter,
  ...widthParameter,
  ...normParameter,
  ...latentParameter(100, wgan),
  ...batchParameter(64, `${wgan}, algorithm 1`),
  ...ganStepParameters(5, `${wgan}, algorithm 1`),
  clip: z
    .number()
    .positive()
    .max(1)
    .default(0.01)
    .meta({
      description: 'Limit c that each weight of the critic is kept within',
      source: `${wgan}, algorithm 1`,
    }),
  ...learningRateParameter(5e-5, 'RMSProp', `${wgan}, algorithm 1`),
  ...averageParameter,
  ...decayParameter,
  ...ganChoiceParameters,
  ...scoreParameter([...criticComponents, ...memoryComponents], 'discriminator'),
  ...memoryParameters,
  ...scoringParameters,
  ...rhythmParameters,
})
export type WganConfig = z.output<typeof wganConfigSchema>
