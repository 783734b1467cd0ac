/**
 * A training that diverges goes back to its last good checkpoint and on from there with half the learning rate.
 * Which checkpoint that is depends on steps alone, so that this too is the same for every interruption.
 */
import { Failure } from '../../../shared/failure.ts'
import { type Checkpoint, dropCheckpointsAfter, readCheckpoint, writeCheckpoint } from './checkpoint.ts'
import type { Course } from './course.ts'
import { Diverged, restartLimit } from './divergence.ts'
import { trainingStateSchema } from './state.ts'

/** The share of the learning rate that a phase goes on with. */
export const rateScale = ({ state: { restarts, phase } }: Course): number => 0.5 ** (restarts[phase] ?? 0)

/** A collapse goes back as long as that may help; then it is said, once, and the training goes on. */
export function heed(course: Course, problem: string | null): void {
  if (problem === null) return
  const { phase, step, restarts, warnings } = course.state
  if ((restarts[phase] ?? 0) < restartLimit) throw new Diverged(problem)
  const words = `is as before after ${restartLimit} restarts: the training goes on as it is.`
  if (warnings.some((warning) => warning.endsWith(words))) return
  course.warn(`${problem}, at step ${step} of stage "${phase}". It ${words}`)
}

/**
 * Takes the training back to its last good checkpoint.
 * @returns that checkpoint; null where the training starts again from the beginning
 * @throws Failure `training-diverged` where going back did not help often enough
 */
export async function goBack(course: Course, problem: string): Promise<Checkpoint | null> {
  const { phase, step, good, restarts, warnings } = course.state
  const times = (restarts[phase] ?? 0) + 1
  if (times > restartLimit) {
    throw new Failure(
      'training-diverged',
      `${problem} at step ${step} of stage "${phase}", for the ${times}th time.`,
      'Train again with a smaller learning rate; the last good checkpoint is kept.',
    )
  }
  const { seconds } = course
  const checkpoint = good === null ? null : await readCheckpoint(course.checkpoints, good)
  const from = checkpoint ? trainingStateSchema.parse(checkpoint.state) : course.beginning()
  course.goOnFrom({ ...from, seconds, warnings, restarts: { ...from.restarts, [phase]: times } })
  course.warn(
    `${problem}, at step ${step} of stage "${phase}". The training went back to step ${from.step} of stage ` +
      `"${from.phase}" and goes on with ${0.5 ** times} of the learning rate.`,
  )
  // A later resumption must not go on from what is given up here.
  dropCheckpointsAfter(course.checkpoints, good ?? -1)
  if (checkpoint === null || good === null) return null
  const again = { tensors: checkpoint.tensors, state: course.state }
  await writeCheckpoint(course.checkpoints, good, again, { also: good })
  return again
}
