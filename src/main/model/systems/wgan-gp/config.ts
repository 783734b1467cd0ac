import { z } from 'zod'
import {
  adamParameters,
  averageParameter,
  batchParameter,
  blocksParameter,
  decayParameter,
  featureInputParameters,
  ganChoiceParameters,
  ganStepParameters,
  generatorRateParameter,
  imageParameters,
  latentParameter,
  learningRateParameter,
  memoryParameters,
  penaltyParameter,
  rhythmParameters,
  scoreParameter,
  scoringParameters,
  widthParameter,
} from '../../parameters.ts'
import { criticComponents, memoryComponents } from '../../scores.ts'

const wganGp = 'Gulrajani et al. 2017'

/** Every parameter of WGAN-GP; the defaults are the paper's. */
export const wganGpConfigSchema = z.strictObject({
  ...imageParameters,
  ...featureInputParameters,
  ...blocksParameter,
  ...widthParameter,
  ...latentParameter(128, `${wganGp}, appendix C`),
  ...batchParameter(64, `${wganGp}, algorithm 1`),
  ...ganStepParameters(5, `${wganGp}, algorithm 1`),
  ...penaltyParameter,
  ...learningRateParameter(1e-4, 'Adam', `${wganGp}, algorithm 1`),
  ...generatorRateParameter,
  ...adamParameters(0, 0.9, `${wganGp}, algorithm 1`),
  ...averageParameter,
  ...decayParameter,
  ...ganChoiceParameters,
  ...scoreParameter([...criticComponents, ...memoryComponents], 'discriminator'),
  ...memoryParameters,
  ...scoringParameters,
  ...rhythmParameters,
})
export type WganGpConfig = z.output<typeof wganGpConfigSchema>
