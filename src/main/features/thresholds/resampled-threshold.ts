/**
 * Thresholds of resampled sets of many images without drawing each image. Ranks are divided into cells; how many
 * items of a class fall into a cell is binomial, and only in cells that may contain the best threshold the items
 * themselves are drawn. The distribution is the same as when all are drawn, except that a threshold at the edge of a
 * cell lies between the two images there whether they were drawn or not. A hundred thousand images take a hundredth
 * of the time.
 */
import { drawBinomial } from '../../metrics/binomial.ts'
import { type Labels, requireSameLength, type Scores } from '../../metrics/input.ts'
import type { Random } from '../../platform/random.ts'
import { merit, type PartingTarget } from './target.ts'

const cellSize = 256

interface Cell {
  from: number
  to: number
  /** Positions in the ranking of all defects and of all good parts. */
  defects: Uint32Array
  goods: Uint32Array
}

/**
 * @param scores from the highest down
 * @returns a function that draws a new set and gives its threshold
 */
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

  /** Draws which items of the class in a cell make up its number. */
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

/** Divides the ranking into cells. Equal scores are always in the same cell. */
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

/** Distributes the draws of a class over the cells, one binomial after another of the draws that are left. */
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
