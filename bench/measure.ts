/** Measuring: contestants in turn, medians with their spread, wall clock and processor time. */

/** Milliseconds of some calls: the median and the quartiles of wall clock time, and processor time of all threads. */
export interface Timing {
  median: number
  low: number
  high: number
  processor: number
}

/** Milliseconds that one call took. */
export interface Sample {
  wall: number
  processor: number
}

export const quantile = (values: readonly number[], q: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)

/** Runs something here and tells what it took. */
export function timed(run: () => void): Sample {
  const before = process.cpuUsage()
  const start = performance.now()
  run()
  const wall = performance.now() - start
  const { user, system } = process.cpuUsage(before)
  return { wall, processor: (user + system) / 1000 }
}

/** Runs every contestant once in each round, so that a disturbance of the machine meets all of them. */
export async function inTurn(
  contestants: Readonly<Record<string, () => Sample | Promise<Sample>>>,
  rounds: number,
): Promise<Record<string, Timing>> {
  const samples: Record<string, Sample[]> = {}
  // The first call of each pays for what is made once.
  for (const run of Object.values(contestants)) await run()
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(contestants)) {
      samples[name] = [...(samples[name] ?? []), await run()]
    }
  }
  return Object.fromEntries(Object.entries(samples).map(([name, list]) => [name, timing(list)]))
}

export function timing(samples: readonly Sample[]): Timing {
  const wall = samples.map((sample) => sample.wall)
  return {
    median: median(wall),
    low: quantile(wall, 0.25),
    high: quantile(wall, 0.75),
    processor: median(samples.map(({ processor }) => processor)),
  }
}
