import type { InputMode } from '../data/load-image.ts'
import type { Precision } from '../graph/compile.ts'

/** What every system's configuration says; the rest is the system's own. */
export interface TrainingConfig extends InputMode {
  batch: number
  flips: 'none' | 'horizontal' | 'vertical' | 'both'
  /** Largest shift of a whole image, in pixels. */
  shift: number
  overlap: number
  discriminatorSamples: number
  /** What scoring is to multiply. */
  precision: Precision
  checkpointEvery: number
  previewEvery: number
}
