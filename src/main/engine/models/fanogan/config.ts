import { z } from 'zod'
import { reductions, scoreKinds } from '../../scores.ts'

const fanogan = 'Schlegl et al. 2019'
const wganGp = 'Gulrajani et al. 2017'

/** Every parameter of f-AnoGAN; the defaults are the papers'. */
export const fanoganConfigSchema = z.strictObject({
  size: z.literal([32, 64, 128]).default(64).meta({
    description: 'Side of the image or tile that the networks see',
    unit: 'pixels',
    source: fanogan,
  }),
  channels: z.literal([1, 3]).default(1).meta({ description: 'Color channels: 1 gray, 3 color' }),
  input: z.enum(['whole', 'tiles']).default('tiles').meta({
    description: 'Scale the whole photograph to one image, or look at overlapping tiles of it',
    source: fanogan,
  }),
  scale: z
    .number()
    .min(0.05)
    .max(1)
    .default(1)
    .meta({ description: 'Shrink photographs by this factor before tiles are cut' }),
  overlap: z
    .number()
    .min(0)
    .max(0.75)
    .default(0.5)
    .meta({ description: 'Overlap of neighboring tiles when scoring, as a share of their side' }),
  flips: z
    .enum(['none', 'horizontal', 'vertical', 'both'])
    .default('both')
    .meta({ description: 'Random mirroring of training images; none where the part has a direction' }),
  shift: z
    .int()
    .min(0)
    .max(32)
    .default(0)
    .meta({ description: 'Largest random shift of whole training images', unit: 'pixels' }),
  width: z.int().min(4).max(256).default(64).meta({
    description: 'Filters of the layer nearest to the image; doubles with each halving',
    source: 'Radford et al. 2016, figure 1',
  }),
  latent: z.int().min(2).max(1024).default(128).meta({ description: 'Dimensions d of z', source: fanogan }),
  batch: z
    .int()
    .min(2)
    .max(512)
    .default(64)
    .meta({ description: 'Images in a training step', unit: 'images', source: fanogan }),
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
  average: z.number().min(0).max(0.9999).default(0).meta({
    description: 'Decay of the moving average of the generator; 0 for none',
    source: 'Yazici et al. 2019',
  }),
  decay: z
    .boolean()
    .default(false)
    .meta({ description: 'Let the learning rates fall to a tenth along half a cosine' }),
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
    .enum(scoreKinds.map((kind) => kind.name))
    .default('izif')
    .meta({
      description: 'The score that the queue sorts by; it can be changed later without scoring again',
    }),
  reduction: z.enum(reductions).default('max').meta({ description: 'How the scores of tiles become one' }),
  discriminatorSamples: z.int().min(1).default(32_000).meta({
    description: 'Random training images in the expectation of the discriminator score',
    unit: 'images',
  }),
  validateEvery: z
    .int()
    .min(1)
    .default(500)
    .meta({ description: 'Steps of stage 2 between two looks at the validation images', unit: 'steps' }),
  checkpointEvery: z
    .int()
    .min(1)
    .default(500)
    .meta({ description: 'Steps between two checkpoints', unit: 'steps' }),
  previewEvery: z
    .int()
    .min(1)
    .default(250)
    .meta({ description: 'Steps between two preview pictures', unit: 'steps' }),
})
export type FanoganConfig = z.output<typeof fanoganConfigSchema>
