import type { InputMode } from '../data/load-image.ts'
import type { WantedPrecision } from '../graph/precision-here.ts'

/** The parameters that every system's configuration has; others belong to the system. */
export interface TrainingConfig extends InputMode {
  /** With features as input: the side of windows in cells, and the values of a cell, 0 for all of its features. */
  window?: number | undefined
  components?: number | undefined
  batch: number
  flips: 'none' | 'horizontal' | 'vertical' | 'both'
  /** Largest shift of a whole image, in pixels. */
  shift: number
  overlap: number
  discriminatorSamples: number
  /** What scoring is to multiply. */
  precision: WantedPrecision
  /** What training is to multiply. */
  trainingPrecision: WantedPrecision
  checkpointEvery: number
  previewEvery: number
}
