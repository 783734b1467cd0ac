import type { MetricPoint, TrainTask } from '../protocol.ts'
import type { TaskControl } from '../task-control.ts'

/** What a training is given: its task, the means to stop it, and the receivers of its reports. */
export interface TrainingContext {
  readonly task: TrainTask
  readonly control: TaskControl
  progress(phase: string, done: number, total: number, secondsLeft: number | null): void
  points(points: MetricPoint[]): void
  preview(name: string, file: string, step: number): void
  checkpoint(phase: string, step: number, file: string): void
  paused(): void
  continued(): void
  log(level: 'debug' | 'info' | 'warn' | 'error', message: string): void
}
