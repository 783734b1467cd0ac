/**
 * Does long work of main in batches and lets other work run between two of them, so that main is never blocked for
 * long.
 */

/** Number of items in a batch: so many rows of a database are read in a few milliseconds. */
export const batchSize = 400

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Applies `work` to the items batch by batch, and gives all results in order. */
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

/** Reads all pages that `read` gives; each page starts after the last item of the page before. */
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
