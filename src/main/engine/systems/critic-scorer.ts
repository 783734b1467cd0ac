/** Scoring for a system that cannot map an image to z: it has only D(x), and no pictures to show. */

import { criticComponents } from '../../model/scores.ts'
import { compileAll, defineStep } from '../graph/compile.ts'
import type { Networks } from '../networks/blocks.ts'
import type { Weights } from '../networks/weights.ts'
import type { TileScorer } from '../scoring/tile-scorer.ts'

/** Compiles scoring for batches of `batch` tiles. All weights are constants of the graph. */
export function createCriticScorer(networks: Networks, critic: Weights, batch: number): TileScorer {
  const { size, channels } = networks.shape
  const program = compileAll({
    variables: {},
    steps: {
      discriminate: defineStep({
        inputs: { x: { shape: [batch, size, size, channels] } },
        step: ({ x }) => ({ value: networks.critic(critic, x, { from: 'measured' }).value }),
      }),
    },
  })
  const discriminate = (tiles: Float32Array): Float32Array =>
    program.steps.discriminate.run({ x: tiles }).value
  return {
    size,
    channels,
    batch,
    componentNames: [...criticComponents],
    score: (tiles) => ({ components: discriminate(tiles), pictures: null }),
    discriminate,
    dispose: () => program.dispose(),
  }
}
