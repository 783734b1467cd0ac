/** How the critic step and scoring grow with the size of the image and with the width of the networks. */
import type { NetworkShape } from '../src/main/engine/networks/dcgan.ts'
import { fanoganSteps } from './engine-steps.ts'
import { type Contestants, inRow, inTurn, type Timing, timing } from './measure.ts'

export interface GrowthFigures {
  size: number
  width: number
  critic: Readonly<Record<string, Timing>>
  score: Readonly<Record<string, Timing>>
}

interface GrowthOptions {
  shape: NetworkShape
  batch: number
  say: (text: string) => void
}

const rounds = 5

export async function measureGrowth({ shape, batch, say }: GrowthOptions): Promise<GrowthFigures[]> {
  const sizes = [32, 64, 128].map((size) => ({ size, width: shape.width }))
  const widths = [8, 16, 64].map((width) => ({ size: shape.size, width }))
  const figures: GrowthFigures[] = []
  for (const { size, width } of [...sizes, ...widths]) {
    say(`growth: ${size} pixels, width ${width}`)
    const ways = {
      float32: fanoganSteps({ ...shape, size, width }, batch, { mode: 'compiled' }),
      eager: fanoganSteps({ ...shape, size, width }, batch, { mode: 'eager' }),
    }
    const of = async (step: string): Promise<Record<string, Timing>> => {
      const contestants: Contestants = {
        float32: (calls) => ways.float32.run(step, calls),
        eager: (calls) => ways.eager.run(step, calls),
      }
      const samples = await inTurn(contestants, rounds, inRow)
      return Object.fromEntries(Object.entries(samples).map(([name, list]) => [name, timing(list)]))
    }
    figures.push({ size, width, critic: await of('critic'), score: await of('score') })
    ways.float32.dispose()
    ways.eager.dispose()
  }
  return figures
}
