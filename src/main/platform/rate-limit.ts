/**
 * Passes on at most one value in `interval` milliseconds: the first immediately; of those that arrive too soon, the
 * newest, as soon as the interval is over. `flush` passes on a waiting value now; `drop` discards it.
 */
export interface RateLimit<T> {
  offer(value: T): void
  flush(): void
  drop(): void
}

export function rateLimit<T>(interval: number, pass: (value: T) => void): RateLimit<T> {
  let next = Number.NEGATIVE_INFINITY
  let waiting: { value: T } | null = null
  let timer: NodeJS.Timeout | null = null

  function drop(): void {
    if (timer !== null) clearTimeout(timer)
    timer = null
    waiting = null
  }
  function flush(): void {
    const held = waiting
    drop()
    if (held === null) return
    next = performance.now() + interval
    pass(held.value)
  }
  return {
    flush,
    drop,
    offer(value) {
      waiting = { value }
      const wait = next - performance.now()
      if (wait <= 0) flush()
      else timer ??= setTimeout(flush, wait)
    },
  }
}
