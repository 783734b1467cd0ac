import { requireLength } from '../../platform/array-bounds.ts'
import type { Random } from '../../platform/random.ts'
import { drawing, imageSide, type Scene, toImage } from './part.ts'
import { valueNoise } from './texture.ts'

/**
 * Five ways in which a machined part goes wrong. Each changes a scene's luminance in place, before the
 * camera sees it, and returns its mask: imageSide * imageSide bytes, 255 where the part is defective.
 */

export const defectTypes = ['scratch', 'dent', 'stain', 'chip', 'burr'] as const
export type DefectType = (typeof defectTypes)[number]

type Mask = Uint8Array<ArrayBuffer>

const pixels = imageSide * imageSide
const clamp01 = (value: number): number => Math.max(0, Math.min(1, value))
const mix = (a: number, b: number, share: number): number => a + (b - a) * share
const between = (random: Random, low: number, high: number): number => low + (high - low) * random.uniform()

/** Calls `visit` for each pixel within `reach` of (x, y), with its index and its offset from there. */
function around(
  x: number,
  y: number,
  reach: number,
  visit: (index: number, dx: number, dy: number) => void,
): void {
  const top = Math.max(0, Math.floor(y - reach))
  const bottom = Math.min(imageSide - 1, Math.ceil(y + reach))
  const left = Math.max(0, Math.floor(x - reach))
  const right = Math.min(imageSide - 1, Math.ceil(x + reach))
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) visit(row * imageSide + column, column - x, row - y)
  }
}

/** Share of metal in the disc of `reach` pixels around (x, y). */
function metalAround(scene: Scene, x: number, y: number, reach: number): number {
  let sum = 0
  let count = 0
  around(x, y, reach, (index, dx, dy) => {
    if (dx * dx + dy * dy > reach * reach) return
    sum += scene.metal[index]
    count++
  })
  return count > 0 ? sum / count : 0
}

/** Of 24 random places on the part's face, the first that lies on metal alone, else the one with most metal. */
function placeOnFace(scene: Scene, random: Random, reach: number): { x: number; y: number } {
  let best = { x: 0, y: 0, share: -1 }
  for (let attempt = 0; attempt < 24 && best.share < 0.97; attempt++) {
    const radius = between(random, drawing.boreRadius + 12, drawing.outerRadius - 10)
    const place = toImage(scene.pose, radius, between(random, 0, 2 * Math.PI))
    const share = metalAround(scene, place.x, place.y, reach)
    if (share > best.share) best = { ...place, share }
  }
  return best
}

/** A tool or a chip dragged over the face: a shallow curve, bright where its flank faces the lamp. */
function scratch(scene: Scene, random: Random): Mask {
  const half = between(random, 1.2, 2.1)
  const length = between(random, 70, 125)
  const strength = between(random, 0.8, 1.15)
  const segments = 24

  let path: { x: number; y: number }[] = []
  let bestShare = -1
  for (let attempt = 0; attempt < 24 && bestShare < 0.9; attempt++) {
    const start = placeOnFace(scene, random, 5)
    let heading = between(random, 0, 2 * Math.PI)
    const bend = between(random, -0.9, 0.9) / segments
    const trial = [start]
    for (let i = 0; i < segments; i++) {
      const last = trial[i]
      heading += bend + 0.02 * random.normal()
      const step = length / segments
      trial.push({ x: last.x + step * Math.cos(heading), y: last.y + step * Math.sin(heading) })
    }
    let share = 0
    for (const point of trial) share += metalAround(scene, point.x, point.y, 2) / trial.length
    if (share > bestShare) {
      bestShare = share
      path = trial
    }
  }

  const pressure = valueNoise(random, 16, 1)
  const distance = new Float32Array(pixels).fill(Number.POSITIVE_INFINITY)
  const along = new Float32Array(pixels)
  for (let i = 0; i + 1 < path.length; i++) {
    const a = path[i]
    const b = path[i + 1]
    const ux = b.x - a.x
    const uy = b.y - a.y
    const squared = ux * ux + uy * uy
    around((a.x + b.x) / 2, (a.y + b.y) / 2, Math.sqrt(squared) / 2 + half + 5, (index, dx, dy) => {
      const px = dx + ux / 2
      const py = dy + uy / 2
      const t = clamp01((px * ux + py * uy) / squared)
      const gap = Math.hypot(px - t * ux, py - t * uy)
      if (gap < distance[index]) {
        distance[index] = gap
        along[index] = (i + t) / segments
      }
    })
  }

  const mask: Mask = new Uint8Array(pixels)
  for (let index = 0; index < pixels; index++) {
    const gap = distance[index]
    if (gap > half + 5) continue
    const place = along[index]
    const ends = clamp01(Math.min(place, 1 - place) * 9 + 0.25)
    const force = (0.85 + 0.25 * pressure(place * 16, 0)) * ends
    const here = scene.luminance[index]
    const metal = scene.metal[index]
    const groove = clamp01(half * (0.6 + 0.4 * force) + 0.5 - gap)
    const lip = Math.exp(-(((gap - half - 1.2) / 0.9) ** 2))
    const bright = Math.min(0.95, here + 0.42 * strength)
    const dark = here * 0.35
    // Raised metal shines; in the lamp's own reflection the torn groove looks black instead.
    const core = mix(bright, dark, clamp01((here - 0.55) / 0.1))
    let value = mix(here, core, groove * clamp01(force) * metal)
    value *= 1 - 0.28 * lip * clamp01(force) * metal
    scene.luminance[index] = value
    if (gap <= half + 1 && metal > 0.5 && place > 0 && place < 1) mask[index] = 255
  }
  return mask
}

/** A blow: a bowl that reflects the lamp on its far wall and is dark on the near one, with a raised lip. */
function dent(scene: Scene, random: Random): Mask {
  const radius = between(random, 10, 15)
  const { x, y } = placeOnFace(scene, random, radius)
  const strength = between(random, 0.3, 0.46)
  const stretch = between(random, 0.78, 1)
  const tilt = between(random, 0, Math.PI)
  const edge = valueNoise(random, 7, 1)
  const lightX = Math.cos(scene.lighting.azimuth)
  const lightY = Math.sin(scene.lighting.azimuth)
  const mask: Mask = new Uint8Array(pixels)
  around(x, y, radius * 1.8, (index, dx, dy) => {
    const a = Math.cos(tilt) * dx + Math.sin(tilt) * dy
    const b = (Math.cos(tilt) * dy - Math.sin(tilt) * dx) / stretch
    const angle = Math.atan2(b, a) / (2 * Math.PI)
    const ratio = Math.hypot(a, b) / (radius * (1 + 0.1 * edge(angle * 7, 0)))
    const metal = scene.metal[index]
    // Bowl of depth (1 - ratio^2)^2: its slope is steepest at ratio 0.58.
    const slope = ratio < 1 ? 2.6 * ratio * (1 - ratio * ratio) : 0
    const toLight = (dx * lightX + dy * lightY) / Math.max(1e-6, Math.hypot(dx, dy))
    const lip = Math.exp(-(((ratio - 1.04) / 0.1) ** 2))
    const here = scene.luminance[index]
    const bowl = ratio < 1 ? -0.14 * (1 - ratio * ratio) : 0
    const change = -strength * slope * toLight + bowl + 0.16 * lip * toLight
    scene.luminance[index] = Math.max(0.04, here + change * metal)
    if (ratio <= 1.08 && metal > 0.5) mask[index] = 255
  })
  return mask
}

/** Dried coolant or oil: a ragged patch that takes the shine off the metal, darker along its border. */
function stain(scene: Scene, random: Random): Mask {
  const radius = between(random, 14, 23)
  const { x, y } = placeOnFace(scene, random, radius * 0.7)
  const opacity = between(random, 0.36, 0.58)
  const lobes = valueNoise(random, 6, 1)
  const ragged = valueNoise(random, 17, 1)
  const cloud = valueNoise(random, 16, 16)
  const mask: Mask = new Uint8Array(pixels)
  around(x, y, radius * 1.6, (index, dx, dy) => {
    const angle = Math.atan2(dy, dx) / (2 * Math.PI)
    const border = radius * (1 + 0.28 * lobes(angle * 6, 0) + 0.08 * ragged(angle * 17, 0))
    const inside = border - Math.hypot(dx, dy)
    const metal = scene.metal[index]
    const cover = clamp01(inside / 4 + 0.5)
    const rim = Math.exp(-(((inside - 2.5) / 2.2) ** 2))
    const density = opacity * (0.85 + 0.25 * cloud(dx / 6 + 8, dy / 6 + 8)) * cover + 0.09 * rim * cover
    scene.luminance[index] *= 1 - density * metal
    if (inside >= 0 && metal > 0.5) mask[index] = 255
  })
  return mask
}

/** A piece broken out of an edge: the fixture shows through, and the fracture's rough face glitters. */
function chip(scene: Scene, random: Random): Mask {
  const atRim = random.uniform() < 0.7
  const edge = atRim ? drawing.outerRadius : drawing.boreRadius
  const size = atRim ? between(random, 12, 18) : between(random, 10, 14)
  // Away from the keyway, whose edge is not on the bore's circle.
  const angle = atRim ? between(random, 0, 2 * Math.PI) : between(random, -0.25 * Math.PI, 1.25 * Math.PI)
  const { x, y } = toImage(scene.pose, edge, angle)
  const corners = valueNoise(random, 9, 1)
  const rough = valueNoise(random, 64, 64)
  const facet = between(random, 5, 8)
  const mask: Mask = new Uint8Array(pixels)
  around(x, y, size * 1.5, (index, dx, dy) => {
    const turn = Math.atan2(dy, dx) / (2 * Math.PI)
    const border = size * (0.95 + 0.27 * corners(turn * 9, 0))
    const inside = border - Math.hypot(dx, dy)
    const gone = clamp01(inside + 0.5) * scene.metal[index]
    if (gone === 0) return
    const glitter = 0.2 + 0.16 * rough(dx / 2.2 + 32, dy / 2.2 + 32) + 0.12 * rough(dx / 5 + 32, dy / 5 + 32)
    const deep = atRim ? scene.beneath[index] : 0.05
    const seen = mix(glitter, deep, clamp01((inside - facet) / 2))
    const lip = 0.25 * Math.exp(-((inside / 1.1) ** 2))
    scene.luminance[index] = mix(scene.luminance[index], Math.max(0.03, seen) + lip, gone)
    if (gone > 0.5) mask[index] = 255
  })
  return mask
}

/** A ragged lip of metal left by the tool, standing out from an edge over the dark beside it. */
function burr(scene: Scene, random: Random): Mask {
  const inBore = random.uniform() < 0.55
  const edge = inBore ? drawing.boreRadius : drawing.outerRadius
  const outward = inBore ? -1 : 1
  const middle = inBore ? between(random, -0.2 * Math.PI, 1.2 * Math.PI) : between(random, 0, 2 * Math.PI)
  const halfArc = between(random, 18, 30) / edge
  const height = between(random, 7, 11)
  const teeth = valueNoise(random, 64, 1)
  const waves = valueNoise(random, 64, 1)
  const gleam = valueNoise(random, 64, 64)
  const place = toImage(scene.pose, edge, middle)
  const axis = toImage(scene.pose, 0, 0)
  const mask: Mask = new Uint8Array(pixels)
  around(place.x, place.y, halfArc * edge + height + 6, (index, dx, dy) => {
    const fromX = place.x + dx - axis.x
    const fromY = place.y + dy - axis.y
    const reach = Math.hypot(fromX, fromY) / scene.pose.scale
    let off = Math.atan2(fromY, fromX) - scene.pose.rotation - middle
    off -= 2 * Math.PI * Math.round(off / (2 * Math.PI))
    const along = off / halfArc
    if (Math.abs(along) >= 1) return
    const arc = off * edge
    const profile = (0.72 + 0.28 * teeth(arc / 2.6 + 32, 0) + 0.2 * waves(arc / 8 + 32, 0)) * height
    const tall = profile * Math.min(1, 2.2 * (1 - Math.abs(along)))
    const out = outward * (reach - edge)
    // The root lies on the chamfer; the tip hangs over the dark.
    const cover = clamp01(tall + 0.5 - out) * clamp01(out + 3.5)
    if (cover === 0) return
    const shine = 0.62 + 0.2 * gleam(arc / 2 + 32, out / 2 + 32) + 0.14 * (out / height)
    const crease = 1 - 0.45 * Math.exp(-(((out + 2) / 1.3) ** 2))
    scene.luminance[index] = mix(scene.luminance[index], shine * crease * scene.lighting.level, cover)
    if (cover > 0.5) mask[index] = 255
  })
  return mask
}

const makers: Record<DefectType, (scene: Scene, random: Random) => Mask> = {
  scratch,
  dent,
  stain,
  chip,
  burr,
}

/** Puts one defect on the part; changes `scene.luminance` in place and returns the mask. */
export function addDefect(type: DefectType, scene: Scene, random: Random): Mask {
  requireLength(scene.luminance, pixels, 'Pixels of a scene')
  requireLength(scene.beneath, pixels, 'Pixels beneath a part')
  requireLength(scene.metal, pixels, 'Pixels of metal')
  return makers[type](scene, random)
}
