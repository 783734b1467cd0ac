import { z } from 'zod'
import {
  adamParameters,
  averageParameter,
  batchParameter,
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

const dcgan = 'Radford et al. 2016'

/** Every parameter of DCGAN; the defaults are the paper's. */
export const dcganConfigSchema = z.strictObject({
  ...imageParameters,
  ...featureInputParameters,
  ...widthParameter,
  ...normParameter,
  ...latentParameter(100, dcgan),
  ...batchParameter(128, `${dcgan}, section 4`),
  ...ganStepParameters(1, dcgan),
  ...learningRateParameter(2e-4, 'Adam', `${dcgan}, section 4`),
  ...adamParameters(0.5, 0.999, `${dcgan}, section 4`),
  ...averageParameter,
  ...decayParameter,
  ...ganChoiceParameters,
  ...scoreParameter([...criticComponents, ...memoryComponents], 'discriminator'),
  ...memoryParameters,
  ...scoringParameters,
  ...rhythmParameters,
})
export type DcganConfig = z.output<typeof dcganConfigSchema>
