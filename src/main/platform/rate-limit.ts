/**
 * Passes values on at most once in `interval` milliseconds: the first at once, and of those that come too
 * soon the newest, as soon as it may. `flush` passes a waiting one on now; `drop` forgets it.
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
