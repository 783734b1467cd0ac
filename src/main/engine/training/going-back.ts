/**
 * A training that diverges goes back to its last good checkpoint and continues from there with half the learning
 * rate. Which checkpoint that is depends only on steps, so the result is the same however the training was
 * interrupted.
 */
import { Failure } from '../../../shared/failure.ts'
import { inside, type Message, message } from '../../../shared/messages/message.ts'
import { type Checkpoint, dropCheckpointsAfter, readCheckpoint, writeCheckpoint } from './checkpoint.ts'
import type { Course } from './course.ts'
import { Diverged, restartLimit } from './divergence.ts'
import { trainingStateSchema } from './state.ts'

/** The factor of the learning rate that a phase continues with. */
export const rateScale = ({ state: { restarts, phase } }: Course): number => 0.5 ** (restarts[phase] ?? 0)

/**
 * After a collapse the training goes back as long as that may help. Then it is reported once, and the training
 * continues.
 */
export function heed(course: Course, problem: Message | null): void {
  if (problem === null) return
  const { phase, step, restarts, warnings } = course.state
  if ((restarts[phase] ?? 0) < restartLimit) throw new Diverged(problem)
  if (warnings.some(({ code }) => code === 'goes-on')) return
  course.warn(message('goes-on', { problem: inside('reason', problem), step, phase, times: restartLimit }))
}

/**
 * Takes the training back to its last good checkpoint.
 * @returns that checkpoint; null where the training starts again from the beginning
 * @throws Failure `training-diverged` where going back did not help often enough
 */
export async function goBack(course: Course, problem: Message): Promise<Checkpoint | null> {
  const { phase, step, good, restarts, warnings } = course.state
  const times = (restarts[phase] ?? 0) + 1
  if (times > restartLimit) {
    throw new Failure('training-diverged', {
      problem: inside('reason', problem),
      step,
      stage: phase,
      times,
    })
  }
  const { seconds } = course
  const checkpoint = good === null ? null : await readCheckpoint(course.checkpoints, good)
  const from = checkpoint ? trainingStateSchema.parse(checkpoint.state) : course.beginning()
  course.goOnFrom({ ...from, seconds, warnings, restarts: { ...from.restarts, [phase]: times } })
  course.warn(
    message('went-back', {
      problem: inside('reason', problem),
      step,
      phase,
      backStep: from.step,
      backPhase: from.phase,
      share: 0.5 ** times,
    }),
  )
  // A training that is resumed later must not continue from a checkpoint that is given up here.
  dropCheckpointsAfter(course.checkpoints, good ?? -1)
  if (checkpoint === null || good === null) return null
  const again = { tensors: checkpoint.tensors, state: course.state }
  await writeCheckpoint(course.checkpoints, good, again, { also: good })
  return again
}
