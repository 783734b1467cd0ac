/** A memory of features alone: nothing is trained, and no picture is restored. */
import { type LearningParameters, onlyMemory } from '../../../model/parameters.ts'
import { type MemoryConfig, memoryConfigSchema } from '../../../model/systems/memory/config.ts'
import type { TileScorer } from '../../scoring/tile-scorer.ts'
import type { TrainingConfig } from '../../training/config.ts'
import { defineSystem } from '../define-system.ts'

/** What a training of networks could be told and what this one has no use for. */
const withoutNetworks = {
  size: 32,
  input: 'tiles',
  normalization: 'none',
  batch: 1,
  flips: 'none',
  shift: 0,
  overlap: 0,
  discriminatorSamples: 1,
  precision: 'float32',
  trainingPrecision: 'float32',
  checkpointEvery: 1,
  previewEvery: 1,
} as const satisfies Partial<TrainingConfig>

type Config = Omit<TrainingConfig, keyof MemoryConfig> & MemoryConfig & Record<string, unknown>

/** A stored configuration. The photograph is decoded in the size that the backbone sees. */
export function memoryConfig(stored: unknown): Config {
  const config = memoryConfigSchema.strip().parse(stored)
  const { featureScale } = config
  // Where a configuration is only looked at, no scale has been chosen yet.
  return { ...config, ...withoutNetworks, scale: featureScale === 'auto' ? 1 : featureScale }
}

/** Measures the whole photograph alone; what it measures is added by what was learned. */
export function scorerOfWhole(channels: number): TileScorer {
  return {
    size: withoutNetworks.size,
    channels,
    batch: 1,
    componentNames: [],
    onlyWhole: true,
    score: () => ({ components: new Float32Array(), pictures: null }),
    discriminate: () => new Float32Array(1),
    dispose() {},
  }
}

/** What it learns. */
export const memoryLearning = (config: Config): LearningParameters => ({
  ...onlyMemory({ ...config, memory: true }),
  texture: config.texture,
})

/** Roth et al., "Towards total recall in industrial anomaly detection", CVPR 2022, with the differences of `feature-memory.ts`. */
export const memory = defineSystem<Config, Record<string, never>>({
  model: 'memory',
  schema: { parse: memoryConfig },
  scoring: ({ score, reduction }) => ({ kind: score, k: 1, reduction, latent: 1 }),
  learning: memoryLearning,
  stages: () => [],
  createWeights: () => ({}),
  createScorer: ({ channels }) => scorerOfWhole(channels),
})
