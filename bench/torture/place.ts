/** What a trial is given: a folder of its own, a generator, stations, and somebody to tell what is wrong. */
import type { Random } from '../../src/main/platform/random.ts'
import type { Station, StationOptions } from './station.ts'

/** A workspace with photographs, a trained model and its scores, which each trial gets a copy of. */
export interface Prepared {
  folder: string
  run: string
  dataset: string
  /** The photographs with scores, by their ids. */
  images: number[]
}

export interface Place {
  /** Gone after the trial. */
  folder: string
  workspace: string
  prepared: Prepared
  random: Random
  /** What was tried. */
  say(text: string): void
  /** What is wrong. */
  find(text: string): void
  start(options?: StationOptions): Promise<Station>
}

export interface Trial {
  /** What it does, and what one of it is. */
  what: string
  /** How many of them a step does. */
  each: number
  run(place: Place, count: number): Promise<void>
}

/** A failure of what is tried, rather than of the program that tries it. */
export class Finding extends Error {}

/** The longest that anything may take before it counts as hanging, in milliseconds; the machine may be busy. */
const patience = 180_000

export async function within<T>(what: string, work: Promise<T>, limit = patience): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Finding(`hangs: ${what}`)), limit)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Looks again until it is so. */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  limit = patience,
): Promise<void> {
  const end = Date.now() + limit
  while (!(await isSo())) {
    if (Date.now() > end) throw new Finding(`hangs: ${what}`)
    await new Promise((next) => setTimeout(next, 50))
  }
}

export const pick = <T>(random: Random, items: readonly T[]): T => {
  const item = items[random.int(items.length)]
  if (item === undefined) throw new RangeError('there is nothing to pick from')
  return item
}
