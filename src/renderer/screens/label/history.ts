/** Undo and redo without a limit: every state is kept, and states share the shapes that did not change. */
import type { Shape } from '../../../shared/label.ts'

export interface History {
  readonly present: readonly Shape[]
  readonly past: readonly (readonly Shape[])[]
  readonly future: readonly (readonly Shape[])[]
}

export const beginHistory = (shapes: readonly Shape[]): History => ({ present: shapes, past: [], future: [] })

export const change = (history: History, next: readonly Shape[]): History =>
  next === history.present ? history : { present: next, past: [...history.past, history.present], future: [] }

export function undo({ present, past, future }: History): History {
  const before = past.at(-1)
  if (before === undefined) return { present, past, future }
  return { present: before, past: past.slice(0, -1), future: [present, ...future] }
}

export function redo({ present, past, future }: History): History {
  const [next, ...later] = future
  if (next === undefined) return { present, past, future }
  return { present: next, past: [...past, present], future: later }
}
