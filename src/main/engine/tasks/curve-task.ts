/** Carries out a task of the kind `curve`: what more good photographs would gain. */
import { readTensors } from '../../model/safetensors.ts'
import type { CurveResult, CurveTask } from '../protocol.ts'
import { learningCurve } from '../systems/memory/learning-curve.ts'
import { Cancelled, type TaskControl } from '../task-control.ts'
import { chooseScale } from '../training/choose-scale.ts'

export interface CurveContext {
  readonly task: CurveTask
  readonly control: TaskControl
  progress(phase: string, done: number, total: number, secondsLeft: number | null): void
  log(level: 'info' | 'warn', message: string): void
  paused(): void
  continued(): void
}

/** From this share of the work on, its pace says how long the rest will take. */
const enoughDone = 0.05

/** @throws Cancelled */
export async function curveTask({ task, control, ...tell }: CurveContext): Promise<CurveResult> {
  const { tensors: backbone } = await readTensors(task.backbone.file)
  let phase = ''
  let since = performance.now()
  let steps = 0
  const proceed = async (name: string, done: number, total: number): Promise<void> => {
    if (name !== phase) [phase, since] = [name, performance.now()]
    const isKnown = done > enoughDone * total
    const secondsLeft = isKnown ? ((performance.now() - since) / 1000 / done) * (total - done) : null
    tell.progress(name, done, total, name === 'curve' ? secondsLeft : null)
    steps += 1
    if (!(await control.proceed(tell.paused, tell.continued))) throw new Cancelled(steps)
  }
  // The scale that a training with all of these photographs would take.
  const scale =
    task.config.featureScale === 'auto'
      ? (
          await chooseScale(
            { ...task, validation: [] },
            { log: tell.log, proceed: (done, total) => proceed('scale', done, total) },
          )
        ).scale
      : task.config.featureScale
  const config = { ...task.config, featureScale: scale }
  return learningCurve({ ...task, config, backbone }, proceed)
}
