/** Undo and redo without a limit: every state is kept, and states share the shapes that did not change. */
export interface History<State> {
  readonly present: State
  readonly past: readonly State[]
  readonly future: readonly State[]
}

export const beginHistory = <State>(present: State): History<State> => ({ present, past: [], future: [] })

export const change = <State>(history: History<State>, next: State): History<State> =>
  next === history.present ? history : { present: next, past: [...history.past, history.present], future: [] }

export function undo<State>({ present, past, future }: History<State>): History<State> {
  const before = past.at(-1)
  if (before === undefined) return { present, past, future }
  return { present: before, past: past.slice(0, -1), future: [present, ...future] }
}

export function redo<State>({ present, past, future }: History<State>): History<State> {
  const [next, ...later] = future
  if (next === undefined) return { present, past, future }
  return { present: next, past: [...past, present], future: later }
}

/** The same steps, with each state as `of` gives it. */
export const mapped = <State>(
  { present, past, future }: History<State>,
  of: (state: State) => State,
): History<State> => ({ present: of(present), past: past.map(of), future: future.map(of) })

/** The same steps, with one state known more exactly. */
export const replaced = <State>(history: History<State>, known: State, exact: State): History<State> =>
  mapped(history, (state) => (state === known ? exact : state))
