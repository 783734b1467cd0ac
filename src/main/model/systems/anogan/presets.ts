import type { Preset } from '../../preset.ts'

/** Sized for two processor cores; how they were chosen is in `docs/presets.md`. */
export const anoganPresets: Preset[] = [
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
      searchSteps: 20,
      searchLearningRate: 0.1,
      discriminatorSamples: 256,
      checkpointEvery: 40,
      previewEvery: 80,
      overlap: 0.25,
      texture: false,
      memory: false,
      backbone: 'none',
      score: 'anogan',
      map: 'residual',
    },
  },
  {
    name: 'quick',
    description: 'Under 10 minutes on two cores: a model that can be used',
    values: {
      width: 16,
      latent: 64,
      batch: 16,
      ganSteps: 8000,
      learningRate: 5e-4,
      average: 0.995,
      decay: true,
      searchSteps: 100,
      searchLearningRate: 0.05,
      overlap: 0.25,
      checkpointEvery: 200,
    },
  },
  {
    name: 'full',
    description: 'A night, or a GPU: the size of the paper',
    values: { ganSteps: 60_000, average: 0.999, decay: true },
  },
]
