import { describe, expect, it } from 'vitest'
import { TimeLeft } from '../../../../src/main/engine/training/time-left.ts'
import type { PhaseTimes } from '../../../../src/main/model/phase-times.ts'
import { createRandom } from '../../../../src/main/platform/random.ts'

interface Phase {
  phase: string
  /** Training steps; of the other phases, what they count. */
  count: number
  isStage: boolean
  /** Seconds until the first report, and of each count from then on. */
  start: number
  each: number
}

const stages = [
  { phase: 'gan', steps: 4500, cost: 5.6 },
  { phase: 'encoder', steps: 3000, cost: 1 },
]
/** A training of f-AnoGAN: 226 seconds, whose stages differ in speed and whose end counts no steps. */
const phases: Phase[] = [
  { phase: 'gan', count: 4500, isStage: true, start: 5, each: 0.036 },
  { phase: 'encoder', count: 3000, isStage: true, start: 3, each: 0.0078 },
  { phase: 'texture', count: 60, isStage: false, start: 0.5, each: 0.1 },
  { phase: 'calibrate', count: 40, isStage: false, start: 0.5, each: 0.15 },
]

interface Told {
  phase: string
  /** Seconds after the beginning. */
  at: number
  left: number | null
}

/** Plays a training by its own clock. @param slower how much slower each of its steps is */
function play(expected: PhaseTimes | undefined, { slower = 1, seed = 1 } = {}) {
  let now = 0
  const time = new TimeLeft(() => now, expected)
  time.plan(stages)
  const random = createRandom(seed, 'pace')
  const told: Told[] = []
  let steps = 0
  for (const { phase, count, isStage, start, each } of phases) {
    now += start * 1000
    for (let done = 1; done <= count; done += 1) {
      // Steps vary by half, and each hundredth has a preview or a checkpoint, which takes as long as twenty.
      const took = each * slower * (0.5 + random.uniform()) * (done % 100 === 0 ? 20 : 1)
      if (done > 1) now += took * 1000
      if (isStage) steps += 1
      const left = isStage ? time.at(phase, steps, 7500) : time.at(phase, done, count)
      told.push({ phase, at: now / 1000, left })
    }
  }
  return { told, seconds: now / 1000, times: time.measured() }
}

/** The largest error of what was told, as a share of the whole training, from `from` of it on. */
const worst = ({ told, seconds }: ReturnType<typeof play>, from: number): number =>
  Math.max(
    ...told
      .filter(({ at }) => at >= from * seconds)
      .map(({ at, left }) =>
        left === null ? Number.POSITIVE_INFINITY : Math.abs(left - (seconds - at)) / seconds,
      ),
  )

/** The largest rise of what was told from one report to the next, in seconds. */
const rise = ({ told }: ReturnType<typeof play>): number =>
  Math.max(...told.slice(1).map(({ left }, i) => (left ?? 0) - (told[i]?.left ?? left ?? 0)))

describe('the time that a training still takes', () => {
  const first = play(undefined)

  it('is told of the first training once its pace is measured, too low by what nobody knows of', () => {
    const known = first.told.filter(({ left }) => left !== null)
    expect(known[0]?.at).toBeLessThan(10)
    // The encoder is taken for 5.6 times as fast as the critic, and the end of a training is not known.
    const inStages = first.told.filter(({ phase }) => phase === 'gan' || phase === 'encoder')
    expect(worst({ ...first, told: inStages }, 0.1)).toBeLessThan(0.15)
  })

  it('is near the truth from the beginning where a training of before was measured', () => {
    const next = play(first.times, { seed: 2 })
    expect(worst(next, 0)).toBeLessThan(0.04)
    expect(rise(next)).toBeLessThan(0.04 * next.seconds)
  })

  it('follows a machine that has become slower', () => {
    const slow = play(first.times, { slower: 1.5, seed: 3 })
    expect(slow.seconds).toBeGreaterThan(1.3 * first.seconds)
    expect(worst(slow, 0.3)).toBeLessThan(0.1)
  })

  it('ends at nothing', () => {
    expect(play(first.times).told.at(-1)?.left).toBeLessThan(2)
  })

  it('follows the number of steps', () => {
    const half: PhaseTimes = Object.fromEntries(
      Object.entries(first.times).map(([phase, time]) => [
        phase,
        time.steps === 0 ? time : { ...time, steps: time.steps / 2, rest: time.rest / 2 },
      ]),
    )
    expect(worst(play(half), 0)).toBeLessThan(0.05)
  })

  it('leaves pauses out', () => {
    let now = 0
    const time = new TimeLeft(() => now)
    time.plan([{ phase: 'gan', steps: 100, cost: 1 }])
    const step = (done: number): number | null => {
      now += 1000
      return time.at('gan', done, 100)
    }
    for (let done = 1; done < 50; done += 1) step(done)
    const before = step(50)
    time.pause()
    now += 3_600_000
    time.goOn()
    expect(before).toBeCloseTo(50)
    expect(step(51)).toBeCloseTo(49)
  })

  it('of a training that goes on where it stopped counts what is left of it', () => {
    let now = 0
    const time = new TimeLeft(() => now, first.times)
    time.plan(stages)
    now = 2000
    const left = time.at('encoder', 6000, 7500)
    // Half of the encoder's steps, and the end.
    const { encoder, texture, calibrate } = first.times
    const rest = (encoder?.rest ?? Number.NaN) / 2
    const end = [texture, calibrate].reduce(
      (sum, phase) => sum + (phase ? phase.start + phase.rest : Number.NaN),
      0,
    )
    expect(left).toBeCloseTo(rest + end)
    now = 3000
    time.at('encoder', 6100, 7500)
    expect(time.measured()).toEqual({})
  })
})
