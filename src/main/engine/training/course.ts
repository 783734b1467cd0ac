/**
 * The position of a training: the step and the stage, the time that it took, what is reported of it, and its
 * checkpoints.
 */

import { join } from 'node:path'
import { type Message, message } from '../../../shared/messages/message.ts'
import { wordsIn } from '../../../shared/messages/words.ts'
import type { TensorMap } from '../../model/safetensors.ts'
import { createRandom, type Random } from '../../platform/random.ts'
import { Cancelled } from '../task-control.ts'
import { writeCheckpoint } from './checkpoint.ts'
import type { TrainingContext } from './context.ts'
import { Diverged } from './divergence.ts'
import type { Losses, StageOutline } from './stage.ts'
import type { TrainingState } from './state.ts'

/** About how many curve points a stage gives. */
const pointsPerStage = 400

export class Course {
  readonly context: TrainingContext
  /** It is replaced as a whole when the training continues from a checkpoint or goes back to one. */
  state: TrainingState
  readonly #stages: readonly StageOutline[]
  readonly #root: Random
  #startedAt = performance.now()

  constructor(
    context: TrainingContext,
    { model, stages }: { model: string; stages: readonly StageOutline[] },
  ) {
    this.context = context
    this.#stages = stages
    context.plan(stages)
    this.#root = createRandom(context.task.seed, model)
    this.state = this.beginning()
  }

  beginning(): TrainingState {
    return {
      phase: this.#stages[0]?.phase ?? '',
      step: 0,
      seconds: 0,
      sampler: { random: this.#root.fork('sampler').state(), left: [] },
      noise: this.#root.fork('noise').state(),
      losses: {},
      best: null,
      good: null,
      restarts: {},
      warnings: [],
    }
  }

  /** The random numbers that fresh weights are drawn from, the same each time. */
  get weights(): Random {
    return this.#root.fork('weights')
  }

  /** The folder of its checkpoints. */
  get checkpoints(): string {
    return join(this.context.task.folder, 'checkpoints')
  }

  /** Steps of the stages before the present one. */
  get #offset(): number {
    let sum = 0
    for (const { phase, steps } of this.#stages) {
      if (phase === this.state.phase) break
      sum += steps
    }
    return sum
  }

  /** Steps that are done, of all stages. */
  get done(): number {
    return this.#offset + this.state.step
  }

  get seconds(): number {
    return this.state.seconds + (performance.now() - this.#startedAt) / 1000
  }

  /** Continues from a state, whose seconds are those used until then. */
  goOnFrom(state: TrainingState): void {
    this.state = state
    this.#startedAt = performance.now()
  }

  /** Gives messages a chance to arrive. @returns whether the training is to go on */
  goesOn(): Promise<boolean> {
    return this.context.control.proceed(
      () => this.context.paused(),
      () => {
        this.context.continued()
      },
    )
  }

  /** Gives messages a chance to arrive, where no checkpoint is needed for continuing later. @throws Cancelled */
  async proceed(): Promise<void> {
    if (!(await this.goesOn())) throw new Cancelled(this.done)
  }

  async checkpoint(tensors: TensorMap, why: 'good' | 'stopped'): Promise<void> {
    // The training never goes back to a checkpoint that was written because a person stopped it: to which one it goes
    // back must depend on steps alone.
    if (why === 'good') this.state.good = this.done
    const state: TrainingState = { ...this.state, seconds: this.seconds }
    const file = await writeCheckpoint(this.checkpoints, this.done, { tensors, state }, { also: state.good })
    this.context.checkpoint(this.state.phase, this.state.step, `checkpoints/${file}`)
  }

  /** Keeps the losses, reports curve points and progress, and notices a loss that is no longer a number. */
  note(losses: Losses, { steps: total }: StageOutline): void {
    const { step, phase } = this.state
    const values = Object.fromEntries(
      Object.entries(losses).map(([name, value]) => [name, value?.[0] ?? Number.NaN]),
    )
    for (const [name, value] of Object.entries(values)) {
      if (!Number.isFinite(value)) throw new Diverged(message('loss-not-a-number', { name }))
    }
    Object.assign(this.state.losses, values)
    if (step % Math.max(1, Math.floor(total / pointsPerStage)) === 0) {
      this.context.points(Object.entries(values).map(([name, value]) => ({ phase, step, name, value })))
    }
    const all = this.#stages.reduce((sum, { steps }) => sum + steps, 0)
    this.context.progress(phase, this.done, all)
  }

  /** Reports a warning about the run, and keeps it with the run. */
  warn(warning: Message): void {
    this.state.warnings = [...this.state.warnings, warning]
    this.context.log('warn', wordsIn('en').text('warning', warning))
  }

  /** A resumed training finds again what it has reported before. */
  warnOnce(warning: Message): void {
    const said = JSON.stringify(warning)
    if (!this.state.warnings.some((known) => JSON.stringify(known) === said)) this.warn(warning)
  }
}
