import type { Preset } from '../../preset.ts'

/** Sized for two processor cores; how they were chosen is in `docs/presets.md`. */
export const ganomalyPresets: Preset[] = [
  {
    name: 'smoke',
    description: 'Under 20 seconds: does everything run',
    values: {
      size: 32,
      width: 8,
      latent: 32,
      batch: 16,
      steps: 200,
      learningRate: 2e-3,
      discriminatorSamples: 256,
      validateEvery: 40,
      checkpointEvery: 40,
      previewEvery: 80,
      overlap: 0.25,
      texture: false,
      memory: false,
      backbone: 'none',
      score: 'ganomaly',
      map: 'residual',
    },
    withFeatures: { reduction: 'top-k' },
  },
  {
    name: 'quick',
    description: 'Under 10 minutes on two cores: a model that can be used',
    values: {
      width: 16,
      latent: 64,
      batch: 16,
      steps: 10_000,
      learningRate: 1e-3,
      decay: true,
      validateEvery: 200,
      checkpointEvery: 200,
    },
    withFeatures: {
      width: 32,
      latent: 32,
      batch: 64,
      steps: 6000,
      reduction: 'top-k',
      discriminatorSamples: 4096,
      validateEvery: 500,
      checkpointEvery: 1000,
    },
  },
  {
    name: 'full',
    description: 'A night, or a GPU: the size of the paper',
    values: { steps: 40_000, decay: true },
    withFeatures: { reduction: 'top-k' },
  },
]
