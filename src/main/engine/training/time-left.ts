/**
 * How long a training still takes. Its phases differ in speed by far, so each is measured by itself: what it is expected
 * to take, by earlier trainings, counts less the more of it was measured.
 */

import type { PhaseTime, PhaseTimes } from '../../model/phase-times.ts'
import type { StageOutline } from './stage.ts'

/** As much as this share of a phase counts what was expected of it. */
const trust = 0.1
/** Seconds that a phase of which nothing was expected must run before it tells how long it takes. */
const leastMeasured = 2

interface Present {
  phase: string
  enteredAt: number
  /** Time and share at its first report, from which it is measured. */
  since: number
  from: number
  share: number
}

export class TimeLeft {
  readonly #now: () => number
  readonly #expected: PhaseTimes
  readonly #measured: Record<string, PhaseTime> = {}
  /** Phases that have begun in this process. */
  readonly #seen = new Set<string>()
  #stages: readonly StageOutline[] = []
  #present: Present | null = null
  #last: number
  #pausedAt: number | null = null

  /**
   * @param now the clock, in milliseconds
   * @param expected phases in the order in which they come; of those that are not named nothing is known
   */
  constructor(now: () => number, expected: PhaseTimes = {}) {
    this.#now = now
    this.#expected = expected
    this.#last = now()
  }

  plan(stages: readonly StageOutline[]): void {
    this.#stages = stages
  }

  pause(): void {
    this.#pausedAt ??= this.#now()
  }

  /** The time since the pause began belongs to no phase. */
  goOn(): void {
    if (this.#pausedAt === null) return
    const paused = this.#now() - this.#pausedAt
    this.#pausedAt = null
    this.#last += paused
    if (this.#present === null) return
    this.#present.enteredAt += paused
    this.#present.since += paused
  }

  /** Notes how far a phase is. @returns the seconds that are left; null where nothing is known of the present phase */
  at(phase: string, done: number, total: number): number | null {
    const share = this.#shareOf(phase, done, total)
    const present = this.#entered(phase, share)
    this.#last = this.#now()
    present.share = share
    const rest = this.#restOf(present)
    if (rest === null) return null
    const measured = (this.#last - present.since) / 1000
    const left = this.#stage(phase) ? rest * (1 - share) : Math.max(0, rest - measured)
    return left + this.#later(phase, rest)
  }

  /** What each phase took that was seen from its beginning to its end, in their order. */
  measured(): PhaseTimes {
    this.#close()
    return this.#measured
  }

  #stage(phase: string): StageOutline | undefined {
    return this.#stages.find((stage) => stage.phase === phase)
  }

  /** The share of a phase that is done. The steps of a stage are counted from the beginning of the first one. */
  #shareOf(phase: string, done: number, total: number): number {
    const at = this.#stages.findIndex((stage) => stage.phase === phase)
    const stage = this.#stages[at]
    if (stage === undefined) return total === 0 ? 1 : Math.min(1, done / total)
    const before = this.#stages.slice(0, at).reduce((sum, { steps }) => sum + steps, 0)
    return stage.steps === 0 ? 1 : Math.min(1, (done - before) / stage.steps)
  }

  #entered(phase: string, share: number): Present {
    const present = this.#present
    // A stage whose training went back is measured anew. Other phases may count several things one after another.
    if (present?.phase === phase && (share >= present.share || !this.#stage(phase))) return present
    this.#close()
    const entered = { phase, enteredAt: this.#last, since: this.#now(), from: share, share }
    this.#seen.add(phase)
    this.#present = entered
    return entered
  }

  #close(): void {
    const present = this.#present
    this.#present = null
    if (present === null) return
    const { phase, enteredAt, since, share, from } = present
    const stage = this.#stage(phase)
    // A stage that an earlier process began says nothing about the whole of it.
    if (stage && (from > trust || share === from)) return
    const seconds = (this.#last - since) / 1000
    this.#measured[phase] = {
      steps: stage?.steps ?? 0,
      start: (since - enteredAt) / 1000,
      // A stage that ended early still tells what all its steps would have taken.
      rest: stage ? seconds / (share - from) : seconds,
    }
  }

  /** What earlier trainings lead to expect of a phase, with as many steps as it has now. */
  #expectedOf(phase: string): PhaseTime | null {
    const known = this.#expected[phase]
    if (known === undefined) return null
    const steps = this.#stage(phase)?.steps ?? 0
    return known.steps === 0 || steps === 0 ? known : { ...known, rest: (known.rest / known.steps) * steps }
  }

  /** Seconds of the whole present phase, from its first report on. */
  #restOf({ phase, since, from, share }: Present): number | null {
    const measured = (this.#last - since) / 1000
    const done = share - from
    const expected = this.#expectedOf(phase)
    if (expected !== null) {
      return this.#stage(phase) ? (expected.rest * trust + measured) / (trust + done) : expected.rest
    }
    return done > 0 && measured >= leastMeasured ? measured / done : this.#byCost(phase)
  }

  /** Seconds of a stage by the pace of one that was measured: a step takes time in proportion to its cost. */
  #byCost(phase: string): number | null {
    const stage = this.#stage(phase)
    for (const known of this.#stages) {
      const time = this.#measured[known.phase]
      if (stage && time) return (time.rest * stage.steps * stage.cost) / (known.steps * known.cost)
    }
    return null
  }

  /** Seconds of all phases that are still to come, at the pace of the present one. */
  #later(phase: string, rest: number): number {
    const order = Object.keys(this.#expected)
    const present = this.#stage(phase)
    const expectedRest = this.#expectedOf(phase)?.rest ?? 0
    const pace = present && expectedRest > 0 ? rest / expectedRest : 1
    const passed = new Set([
      ...this.#seen,
      ...order.slice(0, Math.max(0, order.indexOf(phase))),
      ...(present ? this.#stages.slice(0, this.#stages.indexOf(present)).map((stage) => stage.phase) : []),
    ])
    let sum = 0
    for (const name of new Set([...order, ...this.#stages.map((stage) => stage.phase)])) {
      if (passed.has(name)) continue
      const expected = this.#expectedOf(name)
      const stage = this.#stage(name)
      if (expected !== null) sum += (expected.start + expected.rest) * pace
      // Until it is measured, a step takes time in proportion to its cost.
      else if (stage && present && present.steps > 0)
        sum += (rest * stage.steps * stage.cost) / (present.steps * present.cost)
    }
    return sum
  }
}
