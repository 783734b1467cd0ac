/** Measuring: contestants in turn, medians with their spread, wall clock and processor time. */

/** Milliseconds that one call took; processor time is that of all threads. */
export interface Sample {
  wall: number
  processor: number
}

/** The median and the quartiles. */
export interface Spread {
  median: number
  low: number
  high: number
}

/** Milliseconds of wall clock, and the median of the processor time. */
export interface Timing extends Spread {
  /** What other programs on the machine disturb least. */
  fastest: number
  processor: number
}

/** Round by round; and the fastest call of one over the fastest of the other. */
export interface Ratio extends Spread {
  fastest: number
}

const fastestOf = (samples: readonly Sample[]): number => Math.min(...samples.map(({ wall }) => wall))

const quantile = (values: readonly number[], q: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)

export const spread = (values: readonly number[]): Spread => ({
  median: median(values),
  low: quantile(values, 0.25),
  high: quantile(values, 0.75),
})

/** Runs something here and tells what it took. */
export function timed(run: () => void): Sample {
  const before = process.cpuUsage()
  const start = performance.now()
  run()
  const wall = performance.now() - start
  const { user, system } = process.cpuUsage(before)
  return { wall, processor: (user + system) / 1000 }
}

export type Contestants = Readonly<Record<string, () => Sample | Promise<Sample>>>

/** Samples of each contestant, in the order of the rounds. */
export type Samples = Readonly<Record<string, readonly Sample[]>>

/** Runs every contestant once in each round, so that a disturbance of the machine meets all of them. */
export async function inTurn(contestants: Contestants, rounds: number): Promise<Samples> {
  const samples: Record<string, Sample[]> = {}
  // The first call of each pays for what is made once.
  for (const run of Object.values(contestants)) await run()
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(contestants)) {
      samples[name] = [...(samples[name] ?? []), await run()]
    }
  }
  return samples
}

export const timing = (samples: readonly Sample[]): Timing => ({
  ...spread(samples.map(({ wall }) => wall)),
  fastest: fastestOf(samples),
  processor: median(samples.map(({ processor }) => processor)),
})

/** How many times as fast the first is as the second. */
export const ratio = (first: readonly Sample[], second: readonly Sample[]): Ratio => ({
  ...spread(first.map(({ wall }, round) => (second[round]?.wall ?? Number.NaN) / wall)),
  fastest: fastestOf(second) / fastestOf(first),
})
