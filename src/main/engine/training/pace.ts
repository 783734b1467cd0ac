/** Estimates the seconds left from the pace of the latest steps; the clock is passed in (milliseconds). */
export class Pace {
  readonly #now: () => number
  #last: number | null = null
  #average: number | null = null

  constructor(now: () => number) {
    this.#now = now
  }

  /** Notes that a step ended. */
  tick(): void {
    const now = this.#now()
    if (this.#last !== null) {
      const took = now - this.#last
      this.#average = this.#average === null ? took : this.#average * 0.95 + took * 0.05
    }
    this.#last = now
  }

  /** Leaves out the time since the last step, because the task was paused. */
  skip(): void {
    this.#last = this.#now()
  }

  /** Milliseconds of one step, or null before there is a pace. */
  get step(): number | null {
    return this.#average
  }
}
