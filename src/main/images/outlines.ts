/**
 * Outlines of marked pixels, along the edges of the pixels, for formats that know only polygons. Filled by the even-odd
 * rule they give back exactly these pixels: a hole is joined to the outline around it by an edge that is walked in both
 * directions.
 */
import { requireLength } from '../platform/array-bounds.ts'

/** A polygon of one piece of touching pixels, as x and y in turn. */
export type Outline = number[]

/**
 * One outline for each piece of pixels that touch along an edge.
 * @param marked row-major [height, width]: not 0 where a pixel is marked
 */
export function outlinesOf(marked: Uint8Array, width: number, height: number): Outline[] {
  requireLength(marked, width * height, 'Marked pixels')
  const piece = piecesOf(marked, width, height)
  const loops = new Map<number, Outline[]>()
  for (const [own, edges] of edgesOf(piece, width, height)) loops.set(own, loopsOf(edges, width + 1))
  return [...loops.values()].map(joined)
}

/** The number of the piece of each pixel, from 1 on; 0 where none is marked. */
function piecesOf(marked: Uint8Array, width: number, height: number): Int32Array {
  const piece = new Int32Array(marked.length)
  let count = 0
  for (let start = 0; start < marked.length; start += 1) {
    if (marked[start] === 0 || piece[start] !== 0) continue
    count += 1
    piece[start] = count
    const open = [start]
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      const x = at % width
      const y = (at - x) / width
      const beside = [x > 0, x + 1 < width, y > 0, y + 1 < height]
      const places = [at - 1, at + 1, at - width, at + width]
      for (let i = 0; i < 4; i += 1) {
        const next = places[i]
        if (!beside[i] || marked[next] === 0 || piece[next] !== 0) continue
        piece[next] = count
        open.push(next)
      }
    }
  }
  return piece
}

/** By piece, the corners to which its edges lead from each corner; the piece lies to the right of an edge. */
function edgesOf(piece: Int32Array, width: number, height: number): Map<number, Map<number, number[]>> {
  const all = new Map<number, Map<number, number[]>>()
  const corner = (x: number, y: number): number => y * (width + 1) + x
  const at = (x: number, y: number): number =>
    x < 0 || y < 0 || x >= width || y >= height ? 0 : piece[y * width + x]
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const own = piece[y * width + x]
      if (own === 0) continue
      let edges = all.get(own)
      if (edges === undefined) {
        edges = new Map()
        all.set(own, edges)
      }
      if (at(x, y - 1) !== own) add(edges, corner(x, y), corner(x + 1, y))
      if (at(x + 1, y) !== own) add(edges, corner(x + 1, y), corner(x + 1, y + 1))
      if (at(x, y + 1) !== own) add(edges, corner(x + 1, y + 1), corner(x, y + 1))
      if (at(x - 1, y) !== own) add(edges, corner(x, y + 1), corner(x, y))
    }
  }
  return all
}

function add(edges: Map<number, number[]>, from: number, to: number): void {
  const known = edges.get(from)
  if (known === undefined) edges.set(from, [to])
  else known.push(to)
}

/** The edges as closed outlines without the corners that lie on a straight line. @param stride corners in a row */
function loopsOf(edges: Map<number, number[]>, stride: number): Outline[] {
  const loops: Outline[] = []
  for (const [start, ways] of edges) {
    for (let to = ways.pop(); to !== undefined; to = ways.pop()) {
      const corners = [start]
      let place = to
      while (place !== start) {
        corners.push(place)
        const next = edges.get(place)?.pop()
        if (next === undefined) throw new Error('An outline is not closed.')
        place = next
      }
      loops.push(turns(corners, stride))
    }
  }
  return loops
}

function turns(corners: readonly number[], stride: number): Outline {
  const points: Outline = []
  for (let i = 0; i < corners.length; i += 1) {
    const before = corners[(i + corners.length - 1) % corners.length]
    const here = corners[i]
    const after = corners[(i + 1) % corners.length]
    if (here - before === after - here) continue
    points.push(here % stride, Math.floor(here / stride))
  }
  return points
}

/** From the first corner of the first outline to each other one, around it, and back. */
function joined(loops: readonly Outline[]): Outline {
  const [outer, ...holes] = loops
  const points = [...outer]
  for (const hole of holes) {
    points.push(outer[0], outer[1], ...hole, hole[0], hole[1])
  }
  if (holes.length > 0) points.push(outer[0], outer[1])
  return points
}
