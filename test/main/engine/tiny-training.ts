/** 24 steps in two stages; `set` changes them. */
export const tinyValues = {
  size: 32,
  width: 4,
  latent: 8,
  batch: 4,
  input: 'whole',
  flips: 'none',
  ganSteps: 12,
  criticSteps: 2,
  encoderSteps: 12,
  encoderOptimizer: 'adam',
  encoderLearningRate: 1e-3,
  average: 0.5,
  discriminatorSamples: 64,
  validateEvery: 4,
  checkpointEvery: 5,
  previewEvery: 12,
} as const
