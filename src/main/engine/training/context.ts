import type { MetricPoint, TrainTask } from '../protocol.ts'
import type { TaskControl } from '../task-control.ts'
import type { StageOutline } from './stage.ts'

/** What a training is given: its task, the means to stop it, and the receivers of its reports. */
export interface TrainingContext {
  readonly task: TrainTask
  readonly control: TaskControl
  /** The stages of training steps, before the first of them. */
  plan(stages: readonly StageOutline[]): void
  /** How far a phase is. In a stage, `done` and `total` count the steps of all stages. */
  progress(phase: string, done: number, total: number): void
  points(points: MetricPoint[]): void
  preview(name: string, file: string, step: number): void
  checkpoint(phase: string, step: number, file: string): void
  paused(): void
  continued(): void
  log(level: 'debug' | 'info' | 'warn' | 'error', message: string): void
}
