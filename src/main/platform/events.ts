/** Events that main sends to all listeners: windows through a host, and the command line directly. */
import type { EventName, EventPayload } from '../../shared/contract.ts'

type Listener<N extends EventName> = (payload: EventPayload<N>) => void
type AnyListener = <N extends EventName>(name: N, payload: EventPayload<N>) => void

export interface ApplicationEvents {
  /** Adds a listener for one event. Returns a function that removes it. */
  on<N extends EventName>(name: N, listener: Listener<N>): () => void
  /** Adds a listener for every event, for a host that forwards them. Returns a function that removes it. */
  onAny(listener: AnyListener): () => void
}

export interface EventHub extends ApplicationEvents {
  emit: AnyListener
}

export function createEventHub(): EventHub {
  const listeners: { [N in EventName]: Set<Listener<N>> } = {
    'app.failed': new Set(),
    'update.progress': new Set(),
    'engine.changed': new Set(),
    'workspace.changed': new Set(),
    'clock.changed': new Set(),
    'dataset.changed': new Set(),
    'removed.changed': new Set(),
    'job.changed': new Set(),
    'run.changed': new Set(),
    'run.points': new Set(),
    'run.preview': new Set(),
    'inspection.changed': new Set(),
    'intake.changed': new Set(),
    'live.judged': new Set(),
    'live.seen': new Set(),
    'output.changed': new Set(),
    'review.decided': new Set(),
    'point.changed': new Set(),
    'model.changed': new Set(),
  }
  const all = new Set<AnyListener>()
  return {
    on(name, listener) {
      const named = listeners[name]
      named.add(listener)
      return () => named.delete(listener)
    },
    onAny(listener) {
      all.add(listener)
      return () => all.delete(listener)
    },
    emit(name, payload) {
      for (const listener of [...listeners[name]]) listener(payload)
      for (const listener of [...all]) listener(name, payload)
    },
  }
}
