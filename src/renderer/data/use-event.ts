/** Listens to an event of the contract as long as the component exists. */
import { tryOnScopeDispose } from '@vueuse/core'
import type { EventName, EventPayload } from '../../shared/contract.ts'
import { listen } from '../bridge.ts'

export function useEvent<N extends EventName>(name: N, listener: (payload: EventPayload<N>) => void): void {
  tryOnScopeDispose(listen(name, listener))
}
