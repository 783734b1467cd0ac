/** The thread in which the smart brush looks at every pixel of a photograph, so that the window never waits for it. */
import type { Point } from '../../stage/points.ts'
import { colorDistances, grownRegion, type Pixels } from './grow-region.ts'
import { bitOf, hasBit, type PixelSet, shapeOfPixels } from './pixel-set.ts'
import { fillSmallHoles } from './small-holes.ts'
import type { Growth, SmartBrushAnswer, SmartBrushRequest } from './smart-brush-messages.ts'

/** Holes up to so many pixels are grain. */
const grain = 24
/** The preview is made with each movement, so it has at most so many pixels. */
const previewPixels = 1_000_000

let photograph: Pixels | null = null
let distances: { at: Point; far: Uint8Array } | null = null
let grown: { growth: Growth; region: PixelSet } | null = null

const isSame = (a: Point, b: Point): boolean => a.x === b.x && a.y === b.y

/** The region, computed only where it is not the one of before. */
function regionOf(growth: Growth): PixelSet {
  if (photograph === null) throw new Error('There is no photograph.')
  const { at, tolerance } = growth
  if (grown !== null && isSame(grown.growth.at, at) && grown.growth.tolerance === tolerance)
    return grown.region
  if (distances === null || !isSame(distances.at, at)) distances = { at, far: colorDistances(photograph, at) }
  const region = grownRegion(distances.far, photograph, at, tolerance)
  fillSmallHoles(region, grain)
  grown = { growth, region }
  return region
}

function pictureOf(region: PixelSet, hex: string): Pixels {
  const step = Math.max(1, Math.ceil(Math.sqrt((region.width * region.height) / previewPixels)))
  const width = Math.ceil(region.width / step)
  const height = Math.ceil(region.height / step)
  const color = Number.parseInt(hex.slice(1), 16)
  // Opaque, little-endian: ABGR from the highest byte down.
  const word = (0xff << 24) | ((color & 0xff) << 16) | (color & 0xff00) | (color >> 16)
  const words = new Uint32Array(width * height)
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if (hasBit(region, bitOf(region, x * step, y * step))) words[y * width + x] = word
    }
  }
  return { width, height, data: new Uint8ClampedArray(words.buffer) }
}

function answer(message: SmartBrushAnswer, transfer: Transferable[]): void {
  self.postMessage(message, { transfer })
}

self.addEventListener('message', ({ data }: MessageEvent<SmartBrushRequest>) => {
  if (data.kind === 'photograph') {
    photograph = data.pixels
    distances = null
    grown = null
    return
  }
  const region = regionOf(data.growth)
  if (data.kind === 'preview') {
    const pixels = pictureOf(region, data.color)
    answer({ kind: 'preview', id: data.id, pixels }, [pixels.data.buffer])
  } else answer({ kind: 'shape', id: data.id, shape: shapeOfPixels(region, data.defectType) }, [])
})
