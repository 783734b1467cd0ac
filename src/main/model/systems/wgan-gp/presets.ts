import type { Preset } from '../../preset.ts'

/** Sized for two processor cores; how they were chosen is in `docs/presets.md`. */
export const wganGpPresets: Preset[] = [
  {
    name: 'smoke',
    description: 'Under 20 seconds: does everything run',
    values: {
      size: 32,
      width: 8,
      latent: 32,
      batch: 16,
      ganSteps: 120,
      criticSteps: 2,
      learningRate: 2e-3,
      beta1: 0.5,
      average: 0.9,
      discriminatorSamples: 256,
      checkpointEvery: 40,
      previewEvery: 60,
      overlap: 0.25,
    },
    withFeatures: { reduction: 'top-k' },
  },
  {
    name: 'quick',
    description: 'Under 10 minutes on two cores: a model that can be used',
    values: {
      width: 24,
      latent: 64,
      batch: 16,
      ganSteps: 3000,
      criticSteps: 1,
      learningRate: 5e-4,
      beta2: 0.99,
      average: 0.999,
      decay: true,
      checkpointEvery: 250,
    },
    withFeatures: {
      width: 32,
      latent: 32,
      batch: 256,
      ganSteps: 4000,
      learningRate: 2e-3,
      reduction: 'top-k',
      discriminatorSamples: 4096,
      checkpointEvery: 1000,
    },
  },
  {
    name: 'full',
    description: 'A night, or a GPU: the size of the paper',
    values: { ganSteps: 40_000, average: 0.999, decay: true },
    withFeatures: { reduction: 'top-k' },
  },
]
