import type { Handlers } from '../../contract/dispatch.ts'
import { listSystems } from '../../model/catalog.ts'
import { backboneNames } from './backbone.ts'

export const systemHandlers = (): Pick<Handlers, 'system.list'> => ({
  'system.list': async () => listSystems(await backboneNames()),
})
