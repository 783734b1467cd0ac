import { z } from 'zod'
import { defineTask, noProgress } from '../../threads/task.ts'

/** Adds a network that a person brings; gives back its name. @throws Failure those of `addBackbone` */
export const addBackboneTask = defineTask({
  name: 'add-backbone',
  input: z.object({ folder: z.string(), description: z.string(), imported: z.string() }),
  progress: noProgress,
  result: z.object({ name: z.string() }),
  async work({ folder, description, imported }) {
    const { addBackbone } = await import('./add-backbone.ts')
    const environment = { FANOSCOPE_BACKBONES: imported }
    return { name: await addBackbone({ folder, description, environment }) }
  },
})
