import { z } from 'zod'
import {
  averageParameter,
  batchParameter,
  blocksParameter,
  criticWarmUpParameter,
  decayParameter,
  featureInputParameters,
  ganChoiceParameters,
  generatorRateParameter,
  imageParameters,
  latentParameter,
  learningParameters,
  memoryParameters,
  patienceParameter,
  rhythmParameters,
  scoringParameters,
  widthParameter,
} from '../../parameters.ts'
import { fanoganComponents, learnedNames, scoresFrom } from '../../scores.ts'

const fanogan = 'Schlegl et al. 2019'
const wganGp = 'Gulrajani et al. 2017'

/** Every parameter of f-AnoGAN; the defaults are the papers'. */
export const fanoganConfigSchema = z.strictObject({
  ...imageParameters,
  ...featureInputParameters,
  ...blocksParameter,
  ...widthParameter,
  ...latentParameter(128, fanogan),
  ...batchParameter(64, fanogan),
  ganSteps: z
    .int()
    .min(1)
    .default(100_000)
    .meta({ description: 'Generator steps of stage 1 (WGAN-GP)', unit: 'steps' }),
  criticSteps: z
    .int()
    .min(1)
    .max(20)
    .default(5)
    .meta({ description: 'Critic steps for each generator step', source: `${wganGp}, algorithm 1` }),
  ...criticWarmUpParameter,
  lambda: z
    .number()
    .min(0)
    .default(10)
    .meta({ description: 'Weight of the gradient penalty', source: `${wganGp}, equation 3` }),
  learningRate: z
    .number()
    .positive()
    .max(1)
    .default(1e-4)
    .meta({ description: 'Learning rate of stage 1 (Adam)', source: `${wganGp}, algorithm 1` }),
  ...generatorRateParameter,
  beta1: z
    .number()
    .min(0)
    .max(0.999)
    .default(0)
    .meta({ description: 'Decay of the first moment in stage 1', source: `${wganGp}, algorithm 1` }),
  beta2: z
    .number()
    .min(0)
    .max(0.9999)
    .default(0.9)
    .meta({ description: 'Decay of the second moment in stage 1', source: `${wganGp}, algorithm 1` }),
  ...averageParameter,
  ...decayParameter,
  ...ganChoiceParameters,
  encoder: z
    .enum(['izif', 'izi', 'ziz'])
    .default('izif')
    .meta({ description: 'What the encoder is trained on', source: fanogan }),
  encoderSteps: z
    .int()
    .min(1)
    .default(50_000)
    .meta({ description: 'Steps of stage 2 (encoder)', unit: 'steps', source: fanogan }),
  encoderLearningRate: z
    .number()
    .positive()
    .max(1)
    .default(5e-5)
    .meta({ description: 'Learning rate of stage 2', source: fanogan }),
  encoderOptimizer: z
    .enum(['rmsprop', 'adam'])
    .default('rmsprop')
    .meta({ description: 'Optimizer of stage 2', source: fanogan }),
  k: z
    .number()
    .min(0)
    .default(1)
    .meta({ description: 'Weight of the feature term, in training and in the score', source: fanogan }),
  score: z
    .enum(scoresFrom([...fanoganComponents, ...learnedNames]))
    .default('izif')
    .meta({
      description: 'The score that the queue sorts by; it can be changed later without scoring again',
    }),
  ...scoringParameters,
  ...learningParameters,
  ...memoryParameters,
  validateEvery: z
    .int()
    .min(1)
    .default(500)
    .meta({ description: 'Steps of stage 2 between two looks at the validation images', unit: 'steps' }),
  ...patienceParameter,
  ...rhythmParameters,
})
export type FanoganConfig = z.output<typeof fanoganConfigSchema>
