/** Main's side of the thread that finds the images of a filter: with 100,000 of them main would not answer meanwhile. */
import { type CallArguments, type CallOutput, calls } from '../../shared/contract.ts'
import { createDeskThread } from './desk-thread.ts'

export interface Grid {
  /** @throws Failure `unknown-dataset`, `thread-died` */
  images(input: CallArguments<'dataset.images'>): Promise<CallOutput<'dataset.images'>>
  close(): Promise<void>
}

export function createGrid(dir: string): Grid {
  const thread = createDeskThread('grid-worker', dir, 'images')
  return {
    images: async (input) => calls['dataset.images'].output.parse(await thread.ask(input)),
    close: () => thread.close(),
  }
}
