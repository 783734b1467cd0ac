/** Long work of main in pieces, between which whatever waits takes its turn: main never holds a window up. */

/** Rows of a database, looked at in a few milliseconds. */
export const batchSize = 400

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** What `work` makes of the items, in their order. */
export async function inBatches<T, R>(
  items: readonly T[],
  work: (batch: readonly T[]) => readonly R[],
): Promise<R[]> {
  const all: R[] = []
  for (let at = 0; at < items.length; at += batchSize) {
    if (at > 0) await turn()
    for (const made of work(items.slice(at, at + batchSize))) all.push(made)
  }
  return all
}

/** Everything that `read` gives, page by page; each page begins after the last of the page before. */
export async function allPages<T>(read: (after: T | null, limit: number) => readonly T[]): Promise<T[]> {
  const all: T[] = []
  let last: T | null = null
  for (;;) {
    const page = read(last, batchSize)
    for (const item of page) all.push(item)
    if (page.length < batchSize) return all
    last = page.at(-1) ?? null
    await turn()
  }
}
