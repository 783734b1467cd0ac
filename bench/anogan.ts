/**
 * `node bench/anogan.ts [--steps 500] [--rounds 5] [--json]`: what scoring a tile costs f-AnoGAN and AnoGAN, which
 * searches for each tile, on the same generator and critic (64x64 gray, width 32, z 128). Both are the scorers of the
 * product with all components and the map; they run in turn. `ratio` is AnoGAN's time over f-AnoGAN's for a tile.
 * Bar: 100.
 */

import { parseArgs } from 'node:util'
import type { TileScorer } from '../src/main/engine/scoring/tile-scorer.ts'
import { createSearchScorer } from '../src/main/engine/systems/anogan/search.ts'
import { createFanoganWeights, fanoganNetworks } from '../src/main/engine/systems/fanogan/networks.ts'
import { createFanoganScorer } from '../src/main/engine/systems/fanogan/scorer.ts'
import { anoganConfigSchema } from '../src/main/model/systems/anogan/config.ts'
import { fanoganConfigSchema } from '../src/main/model/systems/fanogan/config.ts'
import { createRandom } from '../src/main/platform/random.ts'
import { inTurn, median, ratio, type Sample, timed } from './measure.ts'

const { values: options } = parseArgs({
  options: {
    steps: { type: 'string', default: '500' },
    rounds: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  },
})
const searchSteps = Number(options.steps)

const config = fanoganConfigSchema.parse({ width: 32 })
const weights = createFanoganWeights(config, createRandom(1))
const search = anoganConfigSchema.parse({ searchSteps })
const networks = fanoganNetworks(config)

const searching = (batch: number): TileScorer => createSearchScorer(search, networks, weights, batch)
const passing = (batch: number): TileScorer => createFanoganScorer(config, weights, batch)

/** Scores one batch, and says what a tile of it took. */
function perTile(scorer: TileScorer): () => Sample {
  const { batch, size, channels } = scorer
  const tiles = createRandom(2).fillNormal(new Float32Array(batch * size * size * channels))
  return () => {
    const { wall, processor } = timed(() => scorer.score(tiles))
    return { wall: wall / batch, processor: processor / batch }
  }
}

const scorers = { one: passing(1), many: passing(64), searchOne: searching(1), searchMany: searching(8) }
const { one, many, searchOne, searchMany } = await inTurn(
  {
    one: perTile(scorers.one),
    many: perTile(scorers.many),
    searchOne: perTile(scorers.searchOne),
    searchMany: perTile(scorers.searchMany),
  },
  Number(options.rounds),
)
for (const scorer of Object.values(scorers)) scorer.dispose()

const walls = (samples: readonly Sample[] = []): number => median(samples.map(({ wall }) => wall))
const figures = {
  searchSteps,
  milliseconds: {
    fanogan: { batch1: walls(one), batch64: walls(many) },
    anogan: { batch1: walls(searchOne), batch8: walls(searchMany) },
  },
  ratio: { oneTile: ratio(one ?? [], searchOne ?? []), manyTiles: ratio(many ?? [], searchMany ?? []) },
}
if (options.json) process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`)
else {
  const { fanogan, anogan } = figures.milliseconds
  const line = (
    name: string,
    first: number,
    second: number,
    { median, low, high }: typeof figures.ratio.oneTile,
  ) =>
    process.stdout.write(
      `${name}: f-AnoGAN ${first.toFixed(2)} ms, AnoGAN (${searchSteps} steps) ${second.toFixed(0)} ms, ratio ${median.toFixed(0)} (${low.toFixed(0)}-${high.toFixed(0)})\n`,
    )
  line('one tile', fanogan.batch1, anogan.batch1, figures.ratio.oneTile)
  line('a tile of many', fanogan.batch64, anogan.batch8, figures.ratio.manyTiles)
}
