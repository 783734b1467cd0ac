/** The interface of every system; the registry has a line for each. */

import type { StoredModel } from '../../model/model-file.ts'
import type { ScoreOptions } from '../../model/scores.ts'
import type { InputMode } from '../data/load-image.ts'
import type { TrainResult } from '../protocol.ts'
import type { TileScorer } from '../scoring/tile-scorer.ts'
import type { TrainingContext } from '../training/context.ts'

/** A trained model, ready to score. */
export interface LoadedModel {
  scorer: TileScorer
  mode: InputMode
  overlap: number
  options: ScoreOptions
}

export interface System {
  train(context: TrainingContext): Promise<TrainResult>
  /** Compiles scoring for batches of at most `batch` tiles. */
  load(model: StoredModel, batch: number): LoadedModel
}
