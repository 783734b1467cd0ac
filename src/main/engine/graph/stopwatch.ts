/** How long the parts of a compilation take, in milliseconds. */

type Part = 'record' | 'optimize' | 'write' | 'load'

export type Stopwatch = ReturnType<typeof stopwatch>

export function stopwatch() {
  const parts: Record<Part, number> = { record: 0, optimize: 0, write: 0, load: 0 }
  const start = performance.now()
  let last = start
  return {
    lap(part: Part): void {
      const now = performance.now()
      parts[part] += now - last
      last = now
    },
    laps: () => ({ ...parts, total: last - start }),
  }
}
