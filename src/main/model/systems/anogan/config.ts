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
  imageParameters,
  latentParameter,
  learningParameters,
  learningRateParameter,
  memoryParameters,
  normParameter,
  penaltyParameter,
  rhythmParameters,
  scoreParameter,
  scoringParameters,
  widthParameter,
} from '../../parameters.ts'
import { anoganComponents, learnedNames, paperFeatureShare } from '../../scores.ts'

const anogan = 'Schlegl et al. 2017'
const dcgan = 'Radford et al. 2016'

/** Every parameter of AnoGAN; the defaults are the paper's. */
export const anoganConfigSchema = z.strictObject({
  ...imageParameters,
  ...featureInputParameters,
  gan: z.enum(['dcgan', 'wgan-gp']).default('dcgan').meta({
    description: 'How the GAN is trained; wgan-gp is the one of f-AnoGAN, to compare on the same generator',
    source: anogan,
  }),
  ...blocksParameter,
  ...widthParameter,
  ...normParameter,
  ...latentParameter(100, dcgan),
  ...batchParameter(64, anogan),
  ...ganStepParameters(1, dcgan),
  ...penaltyParameter,
  ...learningRateParameter(2e-4, 'Adam', `${dcgan}, section 4`),
  ...adamParameters(0.5, 0.999, `${dcgan}, section 4`),
  ...averageParameter,
  ...decayParameter,
  ...ganChoiceParameters,
  searchSteps: z
    .int()
    .min(1)
    .max(5000)
    .default(500)
    .meta({
      description: 'Steps of the search for z, for each tile that is scored',
      unit: 'steps',
      source: `${anogan}, section 3`,
    }),
  searchOptimizer: z
    .enum(['adam', 'gradient-descent'])
    .default('adam')
    .meta({ description: 'How the search moves z' }),
  searchLearningRate: z
    .number()
    .positive()
    .max(1)
    .default(0.01)
    .meta({ description: 'Learning rate of the search for z' }),
  featureShare: z
    .number()
    .min(0)
    .max(1)
    .default(paperFeatureShare)
    .meta({
      description: 'Weight lambda of the features beside the residual, in the search and in the score',
      source: `${anogan}, section 2.2`,
    }),
  ...scoreParameter([...anoganComponents, ...learnedNames], 'anogan'),
  ...scoringParameters,
  ...learningParameters,
  ...memoryParameters,
  ...rhythmParameters,
})
export type AnoganConfig = z.output<typeof anoganConfigSchema>
