/** Measuring: contestants in turn, medians with their spread, wall clock and processor time. */
import { setTimeout } from 'node:timers/promises'

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

/** Runs something here some times and tells what one of them took on average. */
export function timed(run: () => void, calls = 1): Sample {
  const before = process.cpuUsage()
  const start = performance.now()
  for (let i = 0; i < calls; i++) run()
  const wall = performance.now() - start
  const { user, system } = process.cpuUsage(before)
  return { wall: wall / calls, processor: (user + system) / 1000 / calls }
}

/** Each makes so many calls in a row and tells what one of them took on average. */
export type Contestants = Readonly<Record<string, (calls: number) => Sample | Promise<Sample>>>

/** Samples of each contestant, in the order of the rounds. */
export type Samples = Readonly<Record<string, readonly Sample[]>>

/** How calls follow each other within a contestant's turn. */
export type Pace =
  /** As in a training: calls for so many milliseconds, after one that is not counted. */
  | { row: number }
  /** As on a line: one call after so many milliseconds in which nothing is done. */
  | { rest: number }

/** A contestant's turn in comparisons of steps, as a training runs them. */
export const inRow: Pace = { row: 200 }

const mostCalls = 50

/**
 * Every contestant has one turn in each round, so that a disturbance of the machine meets all of them; the order moves
 * on by one from round to round, so that nobody always follows the same one.
 */
export async function inTurn(
  contestants: Contestants,
  rounds: number,
  pace: Pace = { row: 0 },
): Promise<Samples> {
  const samples: Record<string, Sample[]> = {}
  const turns = []
  for (const [name, run] of Object.entries(contestants)) {
    samples[name] = []
    // The first call of each pays for what is made once.
    await run(1)
    const { wall } = await run(1)
    const calls = 'row' in pace ? Math.max(1, Math.min(mostCalls, Math.ceil(pace.row / wall))) : 1
    turns.push({ name, run, calls })
  }
  for (let round = 0; round < rounds; round++) {
    const first = round % Math.max(1, turns.length)
    for (const { name, run, calls } of [...turns.slice(first), ...turns.slice(0, first)]) {
      if ('rest' in pace) await setTimeout(pace.rest)
      else if (pace.row > 0) await run(1)
      samples[name]?.push(await run(calls))
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
