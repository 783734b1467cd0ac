/**
 * The residual that is expected at each place on good parts, and how many times as large the residual of a part is
 * there. The expectation comes from training tiles: the tiles whose codes are nearest to that of the tile look like
 * it, and the mean of their residuals, cell by cell, shows where such a tile is never reproduced well. For whole
 * photographs this is the expectation at each position for a part like this one.
 */
import { requireLength, requireRows } from '../../platform/array-bounds.ts'

/** Pixels between two cells, both ways. */
const residualCell = 4

/** Window sides of the scales, in cells. */
export const windowSides = [1, 2, 4] as const

/** An expectation is the mean of this many tiles, at most, and never of more than a quarter of all. */
const neighborLimit = 16

/**
 * This share of the mean residual of good parts is added to each expectation, so that the ratio stays finite where
 * the picture is nearly black.
 */
const leastShare = 0.1

/** The lower limit of the usual ratio; where all good parts are alike it would be 0. */
const leastUsual = 1e-3

/** Codes and residuals of good training tiles, in the order in which they were drawn. */
export interface ExpectedResiduals {
  /** Dimensions of a code. */
  latent: number
  /** [tiles, latent] */
  codes: Float32Array
  /** Mean of |x - y| in each cell: [tiles, cells]. */
  maps: Float32Array
  /** Median over good tiles of their largest ratio, for each scale. */
  usual: Float32Array
}

/** Mean of a map [side, side] in cells: [side / 4, side / 4]. */
export function pooledResidual(map: Float32Array, side: number): Float32Array {
  requireLength(map, side * side, 'Pixels of a map')
  requireRows(map, side * residualCell, 'Rows of cells of a map')
  const across = side / residualCell
  const out = new Float32Array(across * across)
  for (let row = 0; row < across; row++) {
    for (let column = 0; column < across; column++) {
      let sum = 0
      for (let y = 0; y < residualCell; y++) {
        const from = (row * residualCell + y) * side + column * residualCell
        for (let x = 0; x < residualCell; x++) sum += map[from + x]
      }
      out[row * across + column] = sum / residualCell ** 2
    }
  }
  return out
}

/** Ratios of one scale: of windows of `window` cells at every cell, [across, across]. */
interface Ratios {
  data: Float32Array
  across: number
  window: number
}

/** Compares the residual of a tile with what is expected of good parts. */
export class ResidualExpectation {
  readonly #codes: Float32Array
  readonly #maps: Float32Array
  readonly #usual: Float32Array
  readonly #latent: number
  readonly #cells: number
  readonly #tiles: number
  readonly #least: number

  constructor({ codes, maps, usual, latent }: ExpectedResiduals) {
    requireRows(codes, latent, 'Codes of tiles')
    requireRows(maps, codes.length / latent, 'Cells of tiles')
    requireLength(usual, windowSides.length, 'Usual ratios of the scales')
    this.#codes = codes
    this.#maps = maps
    this.#usual = usual
    this.#latent = latent
    this.#tiles = codes.length / latent
    this.#cells = maps.length / this.#tiles
    let sum = 0
    for (const value of maps) sum += value
    this.#least = Math.max((leastShare * sum) / maps.length, 1e-6)
  }

  /** Numbers of the tiles with the nearest codes, nearest first. */
  #neighbors(code: Float32Array, except: number): number[] {
    const count = Math.min(neighborLimit, Math.max(1, Math.floor(this.#tiles / 4)))
    const nearest: { tile: number; distance: number }[] = []
    let farthest = Number.POSITIVE_INFINITY
    for (let tile = 0; tile < this.#tiles; tile++) {
      if (tile === except) continue
      let distance = 0
      const from = tile * this.#latent
      for (let i = 0; i < this.#latent; i++) {
        const difference = this.#codes[from + i] - code[i]
        distance += difference * difference
      }
      if (distance >= farthest) continue
      nearest.push({ tile, distance })
      nearest.sort((a, b) => a.distance - b.distance)
      if (nearest.length > count) nearest.pop()
      if (nearest.length === count) farthest = nearest.at(-1)?.distance ?? farthest
    }
    return nearest.map(({ tile }) => tile)
  }

  /** Mean over the nearest tiles of their residual in each cell, with the least that is expected. */
  #expected(code: Float32Array, except: number): Float64Array {
    const neighbors = this.#neighbors(code, except)
    const expected = new Float64Array(this.#cells).fill(this.#least)
    for (const tile of neighbors) {
      const from = tile * this.#cells
      for (let cell = 0; cell < this.#cells; cell++) {
        expected[cell] += this.#maps[from + cell] / neighbors.length
      }
    }
    return expected
  }

  /**
   * How many times as large as expected the residual is, for each scale, in units of what is usual.
   * @param residual mean of |x - y| in each cell
   * @param except a training tile that is no neighbor
   */
  ratios(residual: Float32Array, code: Float32Array, scales: number, except = -1): Ratios[] {
    requireLength(residual, this.#cells, 'Cells of a residual')
    requireLength(code, this.#latent, 'A code')
    const expected = this.#expected(code, except)
    const side = Math.sqrt(this.#cells)
    return windowSides.slice(0, scales).flatMap((window, scale) => {
      const across = side - window + 1
      if (across < 1) return []
      const usual = this.#usual[scale]
      const data = new Float32Array(across * across)
      for (let row = 0; row < across; row++) {
        for (let column = 0; column < across; column++) {
          let [seen, wanted] = [0, 0]
          for (let y = row; y < row + window; y++) {
            for (let x = column; x < column + window; x++) {
              seen += residual[y * side + x]
              wanted += expected[y * side + x]
            }
          }
          data[row * across + column] = seen / wanted / usual
        }
      }
      return [{ data, across, window }]
    })
  }
}

/** The score `relative` of a tile: its largest ratio over cells and scales. */
export function largestRatio(ratios: readonly Ratios[]): number {
  let largest = 0
  for (const { data } of ratios) for (const value of data) largest = Math.max(largest, value)
  return largest
}

/** A map [side, side] from ratios: the largest of the scales, each between the middles of its windows by straight lines. */
export function ratioMap(ratios: readonly Ratios[], side: number): Float32Array {
  const out = new Float32Array(side * side)
  for (const { data, across, window } of ratios) {
    const places = Array.from({ length: side }, (_, pixel) => {
      const place = Math.min(across - 1, Math.max(0, (pixel + 0.5) / residualCell - window / 2))
      const low = Math.floor(place)
      return { low, high: Math.min(across - 1, low + 1), share: place - low }
    })
    for (const [y, row] of places.entries()) {
      for (const [x, column] of places.entries()) {
        const line = (from: number): number =>
          data[from * across + column.low] * (1 - column.share) +
          data[from * across + column.high] * column.share
        const value = line(row.low) * (1 - row.share) + line(row.high) * row.share
        out[y * side + x] = Math.max(out[y * side + x], value)
      }
    }
  }
  return out
}

/** What is expected, from the codes and pooled residuals of good training tiles. */
export function expectationOf(codes: Float32Array, maps: Float32Array, latent: number): ExpectedResiduals {
  const tiles = codes.length / latent
  const cells = maps.length / tiles
  const plain = new ResidualExpectation({
    latent,
    codes,
    maps,
    usual: new Float32Array(windowSides.length).fill(1),
  })
  const largest = windowSides.map((): number[] => [])
  for (let tile = 0; tile < tiles; tile++) {
    const own = maps.subarray(tile * cells, (tile + 1) * cells)
    const code = codes.subarray(tile * latent, (tile + 1) * latent)
    // The tile itself is not among its neighbors.
    for (const [scale, ratios] of plain.ratios(own, code, windowSides.length, tile).entries()) {
      largest[scale].push(largestRatio([ratios]))
    }
  }
  const usual = largest.map((values) => {
    // A tile may be smaller than a window of this scale, which is not used then.
    if (values.length === 0) return 1
    return Math.max(values.sort((a, b) => a - b)[Math.floor(values.length / 2)], leastUsual)
  })
  return { latent, codes, maps, usual: Float32Array.from(usual) }
}
