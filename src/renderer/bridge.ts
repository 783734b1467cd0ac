/**
 * The only way out of the renderer: calls and events of the contract, and addresses of pixels, over what
 * preload or the browser host put on `window`.
 */
import type { Bridge, CallInput, CallName, CallOutput, EventName, EventPayload } from '../shared/contract.ts'

declare global {
  interface Window {
    readonly fanoscope: Bridge
  }
}

/** Rejects with FailureData. */
export function call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
  // Vue's reactive proxies cannot be cloned across a context border; what travels is JSON anyway.
  const plain: CallInput<N> = JSON.parse(JSON.stringify(input))
  return window.fanoscope.call(name, plain)
}

/** Returns a function that stops listening. */
export function listen<N extends EventName>(
  name: N,
  listener: (payload: EventPayload<N>) => void,
): () => void {
  return window.fanoscope.on(name, listener)
}

/** The path of a dropped file or folder; null where the host does not tell paths, and '' where it is not on a disk. */
export const droppedPath = (file: File): string | null => window.fanoscope.droppedPath(file)

export const sendDropped = (drop: string, path: string, file: File): Promise<void> =>
  window.fanoscope.sendDropped(drop, path, file)

/** A full address for a path of `assetPath`. */
export function assetUrl(path: string): string {
  return window.fanoscope.asset(path)
}
