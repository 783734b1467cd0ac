import { z } from 'zod'
import { defineTask, noProgress } from '../../threads/task.ts'

/** Reads a network that a person brings and writes it to a file. @throws Failure those of `prepareBackbone` */
export const prepareBackboneTask = defineTask({
  name: 'prepare-backbone',
  input: z.object({ folder: z.string(), description: z.string(), file: z.string() }),
  progress: noProgress,
  result: z.object({ name: z.string() }),
  async work({ folder, description, file }) {
    const { prepareBackbone } = await import('./add-backbone.ts')
    return { name: await prepareBackbone({ folder, description }, file) }
  },
})
