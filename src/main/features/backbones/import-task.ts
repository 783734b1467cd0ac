import { z } from 'zod'
import { defineTask, noProgress } from '../../threads/task.ts'

/** Takes the weights of a backbone from a file; gives back its name. @throws Failure those of `importBackbone` */
export const importBackboneTask = defineTask({
  name: 'import-backbone',
  input: z.object({ file: z.string(), folder: z.string() }),
  progress: noProgress,
  result: z.object({ name: z.string() }),
  async work({ file, folder }) {
    const { importBackbone } = await import('./import-backbone.ts')
    const { name } = await importBackbone(file, folder)
    return { name }
  },
})
