import type { Preset } from '../preset.ts'

/** Sized for two processor cores; how they were chosen is in `docs/presets.md`. */
export const fanoganPresets: Preset[] = [
  {
    name: 'smoke',
    description: 'Under 20 seconds: does everything run',
    values: {
      size: 32,
      width: 8,
      latent: 32,
      batch: 16,
      ganSteps: 30,
      criticSteps: 2,
      encoderSteps: 60,
      encoderOptimizer: 'adam',
      encoderLearningRate: 1e-3,
      learningRate: 2e-4,
      average: 0.9,
      discriminatorSamples: 256,
      validateEvery: 30,
      checkpointEvery: 10,
      previewEvery: 10,
      overlap: 0.25,
    },
  },
  {
    name: 'quick',
    description: 'Under 10 minutes on two cores: a model that can be used',
    values: {
      width: 24,
      batch: 32,
      ganSteps: 1200,
      criticSteps: 2,
      learningRate: 2e-4,
      beta1: 0,
      average: 0.995,
      decay: true,
      encoderSteps: 1500,
      encoderOptimizer: 'adam',
      encoderLearningRate: 5e-4,
      validateEvery: 100,
      checkpointEvery: 100,
      previewEvery: 100,
    },
  },
  {
    name: 'full',
    description: 'A night, or a GPU: the size of the paper',
    values: {
      average: 0.999,
      ganSteps: 40_000,
      encoderSteps: 40_000,
      encoderOptimizer: 'adam',
      encoderLearningRate: 2e-4,
      decay: true,
    },
  },
]
