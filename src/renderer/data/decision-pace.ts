/** How fast parts are decided. A pause longer than two minutes is a break and does not count. */
const longestPause = 120_000

/** Parts per hour from the times of decisions in milliseconds, ascending; null before the second. */
export function partsPerHour(times: readonly number[]): number | null {
  let worked = 0
  let parts = 0
  times.forEach((time, i) => {
    const before = times[i - 1]
    if (before === undefined || time - before > longestPause) return
    worked += time - before
    parts += 1
  })
  return worked > 0 ? (parts / worked) * 3_600_000 : null
}
