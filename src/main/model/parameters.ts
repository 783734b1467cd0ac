/** Parameters that several systems have, described once. A system spreads them into its own schema. */
import { z } from 'zod'
import { backboneNameSchema } from '../../shared/backbone.ts'
import { isMadeOf, reductions, type ScoreKind, scoresFrom } from './scores.ts'

const fanogan = 'Schlegl et al. 2019'

/** How photographs become what the networks see. */
export const imageParameters = {
  size: z.literal([32, 64, 128]).default(64).meta({
    description: 'Side of the image or tile that the networks see',
    unit: 'pixels',
    source: fanogan,
  }),
  channels: z.literal([1, 3]).default(1).meta({ description: 'Color channels: 1 gray, 3 color' }),
  input: z.enum(['whole', 'tiles', 'features']).default('tiles').meta({
    description:
      'What the networks see: the whole photograph scaled to one image, overlapping tiles of it, or windows of its features, which a backbone gives',
    source: fanogan,
  }),
  scale: z
    .number()
    .min(0.05)
    .max(1)
    .default(1)
    .meta({ description: 'Shrink photographs by this factor before tiles are cut' }),
  resizing: z.enum(['exact', 'libvips']).default('exact').meta({
    description:
      'How photographs are made smaller: exactly, as other programs do it, or as libvips did before version 0.2',
  }),
  normalization: z.enum(['none', 'local']).default('none').meta({
    description:
      'Before the networks see a photograph: none, or take slow light off it and even its local contrast',
    source: 'Jarrett et al. 2009, section 2.1',
  }),
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
}

export const widthParameter = {
  width: z.int().min(4).max(256).default(64).meta({
    description: 'Filters of the layer nearest to the image; doubles with each halving',
    source: 'Radford et al. 2016, figure 1',
  }),
}

export const blocksParameter = {
  blocks: z.enum(['dcgan', 'resnet']).default('dcgan').meta({
    description: 'Building blocks of the networks: plain convolutions, or residual blocks',
    source: 'Radford et al. 2016; Gulrajani et al. 2017, appendix C',
  }),
}

export const normParameter = {
  norm: z.enum(['batch', 'none']).default('batch').meta({
    description: 'Batch normalization in the discriminator',
    source: 'Radford et al. 2016, section 3',
  }),
}

/** Dimensions of z; papers differ in their default. */
export const latentParameter = (dimensions: number, source: string) => ({
  latent: z.int().min(2).max(1024).default(dimensions).meta({ description: 'Dimensions d of z', source }),
})

export const batchParameter = (images: number, source: string) => ({
  batch: z
    .int()
    .min(2)
    .max(512)
    .default(images)
    .meta({ description: 'Images in a training step', unit: 'images', source }),
})

export const criticWarmUpParameter = {
  criticWarmUp: z.int().min(0).max(10_000).default(0).meta({
    description: 'Steps of the critic before the first one of the generator',
    unit: 'steps',
    source: "Arjovsky et al. 2017, the authors' code",
  }),
}

/** Steps of a generator against a critic; papers differ in how many of the critic's come to one. */
export const ganStepParameters = (criticSteps: number, source: string) => ({
  ganSteps: z.int().min(1).default(100_000).meta({ description: 'Steps of the generator', unit: 'steps' }),
  criticSteps: z
    .int()
    .min(1)
    .max(20)
    .default(criticSteps)
    .meta({ description: 'Critic steps for each generator step', source }),
  ...criticWarmUpParameter,
})

export const learningRateParameter = (rate: number, optimizer: string, source: string) => ({
  learningRate: z
    .number()
    .positive()
    .max(1)
    .default(rate)
    .meta({ description: `Learning rate (${optimizer})`, source }),
})

export const generatorRateParameter = {
  generatorRate: z.number().positive().max(20).default(1).meta({
    description: "Learning rate of the generator, as a multiple of the critic's",
    source: 'Heusel et al. 2017, section 2',
  }),
}

/** Decays of Adam's moments. */
export const adamParameters = (beta1: number, beta2: number, source: string) => ({
  beta1: z
    .number()
    .min(0)
    .max(0.999)
    .default(beta1)
    .meta({ description: 'Decay of the first moment (Adam)', source }),
  beta2: z
    .number()
    .min(0)
    .max(0.9999)
    .default(beta2)
    .meta({ description: 'Decay of the second moment (Adam)', source }),
})

export const penaltyParameter = {
  lambda: z.number().min(0).default(10).meta({
    description: 'Weight of the gradient penalty',
    source: 'Gulrajani et al. 2017, equation 3',
  }),
}

/** What becomes of a rate and of a generator over the steps. */
export const averageParameter = {
  average: z.number().min(0).max(0.9999).default(0).meta({
    description: 'Decay of the moving average of the generator; 0 for none',
    source: 'Yazici et al. 2019',
  }),
}

export const decayParameter = {
  decay: z
    .boolean()
    .default(false)
    .meta({ description: 'Let the learning rates fall to a tenth along half a cosine' }),
}

export const scoringParameters = {
  reduction: z.enum(reductions).default('max').meta({ description: 'How the scores of tiles become one' }),
  discriminatorSamples: z.int().min(1).default(32_000).meta({
    description: 'Random training images in the expectation of the discriminator score',
    unit: 'images',
  }),
  precision: z.enum(['float32', 'bfloat16']).default('float32').meta({
    description:
      'Numbers that scoring multiplies; bfloat16 is taken where the processor has it and the scores of the validation images stay the same',
  }),
}

/** The score that is shown first, one of those that the system's components allow. */
export const scoreParameter = (components: readonly string[], kind: ScoreKind) => ({
  score: z.enum(scoresFrom(components)).default(kind).meta({
    description: 'The score that the queue sorts by; it can be changed later without scoring again',
  }),
})

/** What is learned of good parts beside the networks, for systems that restore images. */
export const learningParameters = {
  texture: z.boolean().default(false).meta({
    description:
      'Learn the texture of good parts and of their residual too, and store how far each photograph is from it',
    source: 'Roth et al. 2022, equation 6',
  }),
  whitened: z.boolean().default(false).meta({
    description:
      'Learn how residuals of early critic features vary together on good parts, and store how far each tile is from that',
    source: 'Mahalanobis 1936',
  }),
  relative: z.boolean().default(false).meta({
    description:
      'Learn what residual is expected where a tile looks like this on good parts, and store how many times as large it is',
  }),
  scales: z.int().min(1).max(3).default(1).meta({
    description: 'Scales that the expected residual is compared at: windows of 4, of 8 and of 16 pixels',
  }),
  map: z.enum(['residual', 'relative', 'texture', 'memory']).default('residual').meta({
    description:
      'The anomaly map: the residual |x - G(E(x))|, the residual over what is expected, or the distance of the texture or of features of a backbone from good parts',
    source: 'Schlegl et al. 2019 for the residual',
  }),
}

/**
 * The network that was trained on other photographs: one that Fanoscope knows or that a person added, so which names
 * there are is told by the computer and not by this schema.
 */
export const backboneParameter = (name: string) =>
  backboneNameSchema.default(name).meta({
    description: 'The network, trained on other photographs, whose features are used',
    source: 'Tan and Le 2019',
  })

/** Photographs are not made smaller than this for a backbone, or too few cells would be left. */
export const leastFeatureSide = 32

/** How features become what the networks see, with `input` features; without them these have no use. */
export const featureInputParameters = {
  window: z.int().min(1).max(8).default(1).meta({
    description: 'With features as input: side of the windows that the networks see',
    unit: 'cells',
  }),
  components: z.int().min(0).max(1024).default(0).meta({
    description:
      'With features as input: principal components of the features of a cell that the networks see; 0 for all features',
    source: 'Pearson 1901',
  }),
}

/** The memory of features of a backbone, which every system can have. */
export const memoryParameters = {
  memory: z.boolean().default(false).meta({
    description:
      'Remember what good parts look like to a network that was trained on other photographs, and store how far each photograph is from that',
    source: 'Roth et al. 2022',
  }),
  backbone: backboneParameter('none'),
  featureScale: z
    .union([z.literal('auto'), z.number().min(0.05).max(1)])
    .default('auto')
    .meta({
      description:
        'Shrink photographs by this factor before features are taken; auto finds the scale at which drawn defects are told from good photographs best',
    }),
}

/** What a run is told to learn of good parts besides its networks, and which score and map are made of it. */
export type LearningParameters = z.infer<z.ZodObject<typeof learningParameters>> &
  z.infer<z.ZodObject<typeof memoryParameters>> & { score: string }

/** The same for a system that restores no image: only the memory can be learned. */
export const onlyMemory = (
  config: z.infer<z.ZodObject<typeof memoryParameters>> & { score: string },
): LearningParameters => ({
  memory: config.memory,
  backbone: config.backbone,
  featureScale: config.featureScale,
  score: config.score,
  texture: false,
  whitened: false,
  relative: false,
  scales: 1,
  map: config.memory || isMadeOf(config.score, 'memory') ? 'memory' : 'residual',
})

/** What is kept of a generator against a critic; neither follows from the losses of the two. */
export const ganChoiceParameters = {
  ganValidateEvery: z.int().min(0).default(0).meta({
    description:
      'Steps of the generator between two comparisons of its pictures with the validation images, of which the best weights are kept; 0 keeps the last ones',
    unit: 'steps',
  }),
  ganPatience: z.int().min(0).default(0).meta({
    description: 'Comparisons without a better one before the training of the generator ends; 0 for never',
  }),
}

export const patienceParameter = {
  patience: z.int().min(0).default(0).meta({
    description: 'Looks at the validation images without a better one before the stage ends; 0 for never',
  }),
}

export const rhythmParameters = {
  trainingPrecision: z.enum(['float32', 'bfloat16']).default('float32').meta({
    description:
      'Numbers that training multiplies; bfloat16 is taken where the processor has it, and sums and weights are float32 in any case',
    source: 'Kalamkar et al. 2019',
  }),
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
}
