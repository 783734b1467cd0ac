/** The systems that the engine can train and score with, one line each. */
import { Failure } from '../../../shared/failure.ts'
import type { InputMode } from '../data/load-image.ts'
import type { TrainResult } from '../protocol.ts'
import type { ScoreOptions } from '../scores.ts'
import type { StoredModel } from '../scoring/model-file.ts'
import type { TileScorer } from '../scoring/tile-scorer.ts'
import type { TrainingContext } from '../training/context.ts'
import { anogan } from './anogan/system.ts'
import { dcgan } from './dcgan/system.ts'
import { fanogan } from './fanogan/system.ts'
import { ganomaly } from './ganomaly/system.ts'
import { wgan } from './wgan/system.ts'
import { wganGp } from './wgan-gp/system.ts'

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

const systems: Record<string, System> = { fanogan, ganomaly, anogan, 'wgan-gp': wganGp, wgan, dcgan }

export function systemNamed(name: string): System {
  const system = systems[name]
  if (system) return system
  const known = Object.keys(systems).join(', ')
  throw new Failure('unknown-model', `There is no system named "${name}".`, `Choose one of: ${known}.`)
}
