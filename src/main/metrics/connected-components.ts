import { requireArgument } from './input.ts'

/** The regions of a mask. */
export interface Components {
  /** width * height: 0 outside, otherwise the region's number, from 1 in the order of their first pixels. */
  labels: Int32Array
  /** Number of regions. */
  count: number
  /** Pixels of each region; areas[0] belongs to region 1. */
  areas: Int32Array
}

/**
 * Regions of non-zero pixels that touch by an edge or, with connectivity 8, by a corner. `mask` is
 * width * height, row by row. Two passes with union-find (Rosenfeld and Pfaltz, 1966).
 */
export function connectedComponents(
  mask: ArrayLike<number>,
  width: number,
  height: number,
  connectivity: 4 | 8 = 8,
): Components {
  requireArgument(mask.length === width * height, 'mask-pixels')
  const labels = new Int32Array(mask.length)
  const parents: number[] = [0]
  const rootOf = (label: number): number => {
    let root = label
    for (let up = parents[root]; up !== root; up = parents[root]) {
      parents[root] = parents[up]
      root = up
    }
    return root
  }

  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const index = y * width + x
      if (mask[index] === 0) continue
      const above = index - width
      const neighbours = [
        x > 0 ? labels[index - 1] : 0,
        y > 0 ? labels[above] : 0,
        connectivity === 8 && y > 0 && x > 0 ? labels[above - 1] : 0,
        connectivity === 8 && y > 0 && x + 1 < width ? labels[above + 1] : 0,
      ]
      let least = 0
      for (const neighbour of neighbours) {
        if (neighbour === 0) continue
        const root = rootOf(neighbour)
        if (least === 0 || root < least) least = root
      }
      if (least === 0) {
        least = parents.length
        parents.push(least)
      } else {
        for (const neighbour of neighbours) if (neighbour !== 0) parents[rootOf(neighbour)] = least
      }
      labels[index] = least
    }
  }

  const numbers = new Int32Array(parents.length)
  const areas: number[] = []
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]
    if (label === 0) continue
    const root = rootOf(label)
    let number = numbers[root]
    if (number === 0) {
      areas.push(0)
      number = areas.length
      numbers[root] = number
    }
    labels[i] = number
    areas[number - 1]++
  }
  return { labels, count: areas.length, areas: Int32Array.from(areas) }
}
