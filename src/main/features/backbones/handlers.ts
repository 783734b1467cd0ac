import { isAbsolute } from 'node:path'
import { Failure } from '../../../shared/failure.ts'
import type { Handlers } from '../../contract/dispatch.ts'
import { importFolder } from '../../model/backbones/backbone-files.ts'
import { runTask } from '../../threads/run-task.ts'
import { importBackboneTask } from './import-task.ts'
import { listBackbones } from './list-backbones.ts'

export const backboneHandlers = (
  environment: NodeJS.ProcessEnv,
): Pick<Handlers, 'backbone.list' | 'backbone.import'> => ({
  'backbone.list': async () => ({ backbones: await listBackbones({ environment }) }),
  'backbone.import': async ({ file }) => {
    if (!isAbsolute(file)) throw new Failure('path-not-absolute', { path: file })
    const { name } = await runTask(importBackboneTask, { file, folder: importFolder(environment) })
    const imported = (await listBackbones({ environment })).find((backbone) => backbone.name === name)
    if (imported) return imported
    throw new Error(`${name} was imported and is not in the registry.`)
  },
})
