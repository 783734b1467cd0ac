/**
 * How long the rest takes at the average pace so far; null before anything is done.
 * @param started the value of `performance.now()` when the work began
 */
export function secondsLeft(started: number, done: number, total: number): number | null {
  if (done === 0) return null
  const elapsed = (performance.now() - started) / 1000
  return (elapsed / done) * (total - done)
}
