import type { Preset } from '../../preset.ts'

/** Sized for two processor cores; how they were chosen is in `docs/presets.md`. */
export const dcganPresets: Preset[] = [
  {
    name: 'smoke',
    description: 'Under 20 seconds: does everything run',
    values: {
      size: 32,
      width: 8,
      latent: 32,
      batch: 16,
      ganSteps: 200,
      learningRate: 1e-3,
      average: 0.9,
      discriminatorSamples: 256,
      checkpointEvery: 40,
      previewEvery: 80,
      overlap: 0.25,
    },
    withFeatures: { reduction: 'top-k' },
  },
  {
    name: 'quick',
    description: 'Under 10 minutes on two cores: a model that can be used',
    values: {
      width: 16,
      batch: 16,
      ganSteps: 5000,
      learningRate: 5e-4,
      average: 0.995,
      decay: true,
      checkpointEvery: 200,
    },
    withFeatures: {
      width: 32,
      latent: 32,
      batch: 64,
      ganSteps: 4000,
      reduction: 'top-k',
      discriminatorSamples: 4096,
      checkpointEvery: 1000,
    },
  },
  {
    name: 'full',
    description: 'A night, or a GPU: the size of the paper',
    values: { batch: 64, ganSteps: 60_000, average: 0.999, decay: true },
    withFeatures: { reduction: 'top-k' },
  },
]
