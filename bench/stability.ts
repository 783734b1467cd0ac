/** Whether resident memory stays where it is over many steps. */
import type { NetworkShape } from '../src/main/engine/networks/dcgan.ts'
import { fanoganSteps } from './engine-steps.ts'

export interface StabilityFigures {
  steps: number
  /** Resident bytes after each tenth of the steps. */
  resident: readonly number[]
  /** The last over the second: the first tenth makes what is made once. */
  growth: number
}

interface StabilityOptions {
  shape: NetworkShape
  batch: number
  steps: number
  say: (text: string) => void
}

export function measureStability({ shape, batch, steps, say }: StabilityOptions): StabilityFigures {
  const engine = fanoganSteps(shape, batch, { mode: 'compiled' })
  const resident: number[] = []
  for (let tenth = 1; tenth <= 10; tenth++) {
    say(`stability: ${tenth} tenths of ${steps} steps`)
    for (let i = 0; i < steps / 10; i++) engine.run('critic', 1)
    resident.push(process.memoryUsage.rss())
  }
  engine.dispose()
  return { steps, resident, growth: (resident.at(-1) ?? Number.NaN) / (resident[1] ?? Number.NaN) }
}
