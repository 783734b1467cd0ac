/**
 * The threshold of resampled sets of many images, without drawing each image: how many of either class fall into a
 * cell of neighboring ranks is binomial, and only in cells that may hold the best threshold is it drawn which they
 * are. The distribution is that of drawing all; a threshold at the edge of a cell lies between the two images there,
 * drawn or not. A hundred thousand images take a hundredth of the time.
 */
import { drawBinomial } from '../../metrics/binomial.ts'
import { type Labels, requireSameLength, type Scores } from '../../metrics/input.ts'
import type { Random } from '../../platform/random.ts'
import { merit, type PartingTarget } from './target.ts'

const cellSize = 256

interface Cell {
  from: number
  to: number
  /** Places of the class in the ranking: those of the defects and of the good parts. */
  defects: Uint32Array
  goods: Uint32Array
}

/** @returns draws a set anew and gives its threshold; scores from the highest down */
export function resampledThreshold(
  scores: Scores,
  labels: Labels,
  target: PartingTarget,
  random: Random,
): () => number {
  requireSameLength(scores, labels, 'scores-and-labels')
  const order = Uint32Array.from({ length: scores.length }, (_, i) => i)
  order.sort((a, b) => scores[b] - scores[a])
  const ranked = Float64Array.from(order, (item) => scores[item])
  const anomalous = Uint8Array.from(order, (item) => (labels[item] === 0 ? 0 : 1))
  const cells = cellsOf(ranked, anomalous)
  const positives = anomalous.reduce((sum, label) => sum + label, 0)
  const negatives = anomalous.length - positives
  const counts = new Uint32Array(ranked.length)
  const at = (hits: number, alarms: number): number => merit(target, hits, alarms, positives, negatives)
  const highest = ranked[0] ?? 0
  const lowest = ranked.at(-1) ?? 0
  const range = highest - lowest || 1
  const halfway = (above: number, below: number): number => {
    const middle = below + (above - below) / 2
    return middle > below ? middle : above
  }
  const edge = (place: number): number => {
    if (place === 0) return highest + 1e-6 * range
    if (place === ranked.length) return lowest - 1e-6 * range
    return halfway(ranked[place - 1], ranked[place])
  }

  /** Which of the class in the cell were drawn, so many in all. */
  function scatter(places: Uint32Array, drawn: number): void {
    for (let i = 0; i < drawn; i++) {
      const place = places[random.int(places.length)]
      counts[place]++
    }
  }

  return () => {
    const hitsIn = spread(cells, ({ defects }) => defects.length, positives, random)
    const alarmsIn = spread(cells, ({ goods }) => goods.length, negatives, random)
    let best = { value: at(0, 0), threshold: edge(0) }
    let [hits, alarms] = [0, 0]
    const starts = cells.map(({ to }, i) => {
      const start = { hits, alarms, i, most: at(hits + hitsIn[i], alarms) }
      hits += hitsIn[i]
      alarms += alarmsIn[i]
      const value = at(hits, alarms)
      if (value > best.value) best = { value, threshold: edge(to) }
      return start
    })
    starts.sort((a, b) => b.most - a.most)
    for (const start of starts) {
      if (start.most <= best.value) break
      const cell = cells[start.i]
      if (cell === undefined) continue
      counts.fill(0, cell.from, cell.to)
      scatter(cell.defects, hitsIn[start.i])
      scatter(cell.goods, alarmsIn[start.i])
      let { hits: hit, alarms: alarm } = start
      let above: number | null = null
      for (let place = cell.from; place < cell.to; place++) {
        const count = counts[place]
        if (count === 0) continue
        const score = ranked[place]
        if (above !== null && score !== above) {
          const value = at(hit, alarm)
          if (value > best.value) best = { value, threshold: halfway(above, score) }
        }
        if (anomalous[place] === 1) hit += count
        else alarm += count
        above = score
      }
    }
    return best.threshold
  }
}

/** Equal scores are never parted. */
function cellsOf(ranked: Float64Array, anomalous: Uint8Array): Cell[] {
  const cells: Cell[] = []
  let from = 0
  while (from < ranked.length) {
    let to = Math.min(ranked.length, from + cellSize)
    while (to < ranked.length && ranked[to] === ranked[to - 1]) to++
    const places = Array.from({ length: to - from }, (_, i) => from + i)
    cells.push({
      from,
      to,
      defects: Uint32Array.from(places.filter((place) => anomalous[place] === 1)),
      goods: Uint32Array.from(places.filter((place) => anomalous[place] === 0)),
    })
    from = to
  }
  return cells
}

/** As many draws as there are of a class, over the cells: one binomial after another of what is left. */
function spread(
  cells: readonly Cell[],
  sizeOf: (cell: Cell) => number,
  all: number,
  random: Random,
): Uint32Array {
  const drawn = new Uint32Array(cells.length)
  let [left, room] = [all, all]
  for (const [i, cell] of cells.entries()) {
    const size = sizeOf(cell)
    if (room <= 0 || left <= 0) break
    const count = size >= room ? left : drawBinomial(random, left, size / room)
    drawn[i] = count
    left -= count
    room -= size
  }
  return drawn
}
