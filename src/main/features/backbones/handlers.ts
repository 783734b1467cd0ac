import { isAbsolute } from 'node:path'
import { Failure } from '../../../shared/failure.ts'
import type { Handlers } from '../../contract/dispatch.ts'
import type { LaunchEngine } from '../../engine-host/channel.ts'
import { importFolder } from '../../model/backbones/backbone-files.ts'
import { runTask } from '../../threads/run-task.ts'
import { addBackbone, removeBackbone } from './add-backbone.ts'
import { prepareBackboneTask } from './add-task.ts'
import { importBackboneTask } from './import-task.ts'
import { backboneNamed, listBackbones } from './list-backbones.ts'

function requireAbsolute(...paths: string[]): void {
  for (const path of paths) if (!isAbsolute(path)) throw new Failure('path-not-absolute', { path })
}

export const backboneHandlers = (
  launch: LaunchEngine,
  environment: NodeJS.ProcessEnv,
): Pick<Handlers, 'backbone.list' | 'backbone.import' | 'backbone.add' | 'backbone.remove'> => ({
  'backbone.list': async () => ({ backbones: await listBackbones({ environment }) }),
  'backbone.import': async ({ file }) => {
    requireAbsolute(file)
    const { name } = await runTask(importBackboneTask, { file, folder: importFolder(environment) })
    return backboneNamed(name, { environment })
  },
  'backbone.add': async ({ folder, description }) => {
    requireAbsolute(folder, description)
    const name = await addBackbone(
      { folder, description },
      {
        launch,
        environment,
        prepare: async (request, file) => (await runTask(prepareBackboneTask, { ...request, file })).name,
      },
    )
    return backboneNamed(name, { environment })
  },
  'backbone.remove': async ({ name }) => {
    await removeBackbone(name, environment)
    return {}
  },
})
