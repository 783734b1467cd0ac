/** The interface of every system; the registry has a line for each. */

import type { StoredModel } from '../../model/model-file.ts'
import type { ScoreOptions } from '../../model/scores.ts'
import type { InputMode } from '../data/load-image.ts'
import type { Explainer } from '../learned/learnable.ts'
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

/** What says which good places a photograph was compared with, and how photographs are read for it. */
export interface Explaining {
  mode: InputMode
  explainer: Explainer
}

export interface System {
  train(context: TrainingContext): Promise<TrainResult>
  /** Compiles scoring for batches of at most `batch` tiles. */
  load(model: StoredModel, batch: number): LoadedModel
  /** Null where nothing that the model learned can say it. */
  explain(model: StoredModel): Explaining | null
}
