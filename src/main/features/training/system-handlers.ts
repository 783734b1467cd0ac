import type { Handlers } from '../../contract/dispatch.ts'
import { listSystems } from '../../model/catalog.ts'

export const systemHandlers = (): Pick<Handlers, 'system.list'> => ({
  'system.list': () => listSystems(),
})
