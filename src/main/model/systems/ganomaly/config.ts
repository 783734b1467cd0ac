import { z } from 'zod'
import {
  adamParameters,
  batchParameter,
  decayParameter,
  featureInputParameters,
  imageParameters,
  latentParameter,
  learningParameters,
  learningRateParameter,
  memoryParameters,
  patienceParameter,
  rhythmParameters,
  scoreParameter,
  scoringParameters,
  widthParameter,
} from '../../parameters.ts'
import { ganomalyComponents, learnedNames } from '../../scores.ts'

const ganomaly = 'Akcay et al. 2018'

const weight = (value: number, description: string) =>
  z
    .number()
    .min(0)
    .default(value)
    .meta({ description, source: `${ganomaly}, section 4` })

/** Every parameter of GANomaly; the defaults are the paper's and its authors' code's. */
export const ganomalyConfigSchema = z.strictObject({
  ...imageParameters,
  ...featureInputParameters,
  ...widthParameter,
  ...latentParameter(100, `${ganomaly}, section 4`),
  extraLayers: z
    .int()
    .min(0)
    .max(4)
    .default(0)
    .meta({
      description: "3x3 convolutions at half the image's size, in each network",
      source: `${ganomaly}, the authors' code`,
    }),
  ...batchParameter(64, `${ganomaly}, the authors' code`),
  steps: z
    .int()
    .min(1)
    .default(20_000)
    .meta({ description: 'Training steps, one of each network', unit: 'steps' }),
  adversarialWeight: weight(1, "Weight of the distance of features in the generator's loss"),
  contextWeight: weight(50, "Weight of the distance of images in the generator's loss"),
  encoderWeight: weight(1, "Weight of the distance of codes in the generator's loss"),
  ...learningRateParameter(2e-4, 'Adam', `${ganomaly}, section 4`),
  ...adamParameters(0.5, 0.999, `${ganomaly}, section 4`),
  ...decayParameter,
  ...scoreParameter([...ganomalyComponents, ...learnedNames], 'ganomaly'),
  ...scoringParameters,
  ...learningParameters,
  ...memoryParameters,
  validateEvery: z
    .int()
    .min(1)
    .default(500)
    .meta({ description: 'Steps between two looks at the validation images', unit: 'steps' }),
  ...patienceParameter,
  ...rhythmParameters,
})
export type GanomalyConfig = z.output<typeof ganomalyConfigSchema>
