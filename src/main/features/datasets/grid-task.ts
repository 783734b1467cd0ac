/** Finds the images of a filter in a thread: with 100,000 of them main would be blocked meanwhile. */
import { type CallArguments, type CallOutput, calls } from '../../../shared/contract.ts'
import type { Session } from '../../session/session.ts'
import { defineResidentTask } from '../../threads/task.ts'

const { input, output } = calls['dataset.images']

export const gridTask = defineResidentTask({
  name: 'grid',
  input,
  result: output,
  async open({ db }) {
    const { createGridAnswers } = await import('./grid-answers.ts')
    return createGridAnswers(db)
  },
})

/** @throws Failure `dataset-unknown`, `thread-died` */
export const datasetImages = (
  { threads }: Pick<Session, 'threads'>,
  request: CallArguments<'dataset.images'>,
): Promise<CallOutput<'dataset.images'>> => threads.ask(gridTask, request)
