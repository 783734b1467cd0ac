/**
 * Draws artificial defects. They serve to choose options where the validation set has no real ones: a seed draws them
 * onto normal validation images, never onto test images. They can only approximate defects that nobody has seen yet;
 * `bench/quality` measures how well a choice made on them holds for real defects.
 *
 * Cutting and pasting follows Li et al. 2021, "CutPaste: Self-supervised learning for anomaly detection and
 * localization". Spots, scratches, stains and missing pieces are drawn.
 */
import type { MadeDefectType } from '../../model/made-defect-types.ts'
import type { Random } from '../../platform/random.ts'
import { type Pixels, requirePixels } from './geometry.ts'

interface MadeDefect {
  /** The picture with the defect; x in [-1, 1]. */
  picture: Pixels
  /** How much of each pixel is defective, in [0, 1]: [height, width]. */
  mask: Float32Array
}

const between = (random: Random, low: number, high: number): number => low + (high - low) * random.uniform()
const sign = (random: Random): number => (random.uniform() < 0.5 ? -1 : 1)

/** Smooth noise of about unit variance: normal deviates on a grid of `spacing` pixels, interpolated. */
function smoothNoise(random: Random, width: number, height: number, spacing: number): Float32Array {
  const step = Math.max(1, spacing)
  const columns = Math.ceil(width / step) + 2
  const rows = Math.ceil(height / step) + 2
  const grid = random.fillNormal(new Float32Array(columns * rows))
  const out = new Float32Array(width * height)
  const ease = (t: number) => t * t * (3 - 2 * t)
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y / step)
    const down = ease(y / step - row)
    for (let x = 0; x < width; x++) {
      const column = Math.floor(x / step)
      const across = ease(x / step - column)
      const at = row * columns + column
      const upper = grid[at] * (1 - across) + grid[at + 1] * across
      const lower = grid[at + columns] * (1 - across) + grid[at + columns + 1] * across
      out[y * width + x] = upper * (1 - down) + lower * down
    }
  }
  return out
}

/** 1 inside, 0 outside, with a soft edge; `distance` is 1 on the border. */
const inside = (distance: number, sharpness: number): number => {
  const power = Math.min(60, Math.max(-60, (distance - 1) * sharpness))
  return 1 / (1 + Math.exp(power))
}

interface Frame {
  width: number
  height: number
  /** The smaller side. */
  side: number
  centerX: number
  centerY: number
}

/** An irregular round shape. */
function blob(
  random: Random,
  frame: Frame,
  radius: number,
  roughness: number,
  sharpness: number,
): Float32Array {
  const { width, height, centerX, centerY } = frame
  const noise = smoothNoise(random, width, height, radius / 2)
  const angle = between(random, 0, Math.PI)
  const flat = between(random, 0.5, 1)
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  const mask = new Float32Array(width * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const u = (x - centerX) * cos + (y - centerY) * sin
      const v = ((y - centerY) * cos - (x - centerX) * sin) / flat
      const distance = Math.hypot(u, v) / radius + roughness * noise[y * width + x]
      mask[y * width + x] = inside(distance, sharpness)
    }
  }
  return mask
}

/** A thin line that bends a little. */
function line(random: Random, { width, height, side, centerX, centerY }: Frame): Float32Array {
  const length = between(random, 0.15, 0.7) * side
  const thickness = between(random, 0.6, 1.4)
  const bend = between(random, -1, 1) / length
  const mask = new Float32Array(width * height)
  let [x, y, direction] = [centerX, centerY, between(random, 0, 2 * Math.PI)]
  for (let walked = 0; walked < length; walked += 0.5) {
    x += Math.cos(direction) / 2
    y += Math.sin(direction) / 2
    direction += bend / 2 + random.normal() * 0.03
    const reach = Math.ceil(2 * thickness)
    for (let py = Math.floor(y) - reach; py <= y + reach; py++) {
      for (let px = Math.floor(x) - reach; px <= x + reach; px++) {
        if (px < 0 || py < 0 || px >= width || py >= height) continue
        const value = Math.exp(-((px - x) ** 2 + (py - y) ** 2) / (2 * (thickness / 1.6) ** 2))
        mask[py * width + px] = Math.max(mask[py * width + px], value)
      }
    }
  }
  return mask
}

const brightness = (x: number): number => (x + 1) / 2
const toRange = (v: number): number => 2 * Math.min(1, Math.max(0, v)) - 1

/** The picture with each sample changed, by the value of the mask at its pixel. */
function change(
  picture: Pixels,
  mask: Float32Array,
  to: (brightness: number, amount: number, pixel: number) => number,
): Pixels {
  const { channels } = picture
  const data = Float32Array.from(picture.data)
  for (let i = 0; i < data.length; i++) {
    const pixel = Math.floor(i / channels)
    const amount = mask[pixel]
    if (amount > 1e-4) data[i] = toRange(to(brightness(data[i]), amount, pixel))
  }
  return { ...picture, data }
}

const meanBrightness = ({ data }: Pixels): number => {
  let sum = 0
  for (const value of data) sum += brightness(value)
  return sum / data.length
}

function cutAndPaste(picture: Pixels, donor: Pixels, random: Random, side: number): MadeDefect {
  const { width, height, channels } = picture
  const extent = () => Math.max(3, Math.round(between(random, 0.06, 0.25) * side))
  const [w, h] = [Math.min(extent(), width, donor.width), Math.min(extent(), height, donor.height)]
  const from = { left: random.int(donor.width - w + 1), top: random.int(donor.height - h + 1) }
  const to = { left: random.int(width - w + 1), top: random.int(height - h + 1) }
  const mirrored = random.uniform() < 0.5
  const data = Float32Array.from(picture.data)
  const mask = new Float32Array(width * height)
  // The patch gets about the brightness of the place where it goes, so that its texture shows and not its light.
  const gain = between(random, 0.8, 1.2)
  let [there, here] = [0, 0]
  const source = (x: number, y: number, c: number): number => {
    const column = mirrored ? w - 1 - x : x
    return brightness(donor.data[((from.top + y) * donor.width + from.left + column) * channels + c])
  }
  const place = (x: number, y: number): number => (to.top + y) * width + to.left + x
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      for (let c = 0; c < channels; c++) {
        there += source(x, y, c)
        here += brightness(picture.data[place(x, y) * channels + c])
      }
    }
  }
  const factor = there > 0 ? (gain * here) / there : gain
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      mask[place(x, y)] = 1
      for (let c = 0; c < channels; c++) data[place(x, y) * channels + c] = toRange(source(x, y, c) * factor)
    }
  }
  return { picture: { ...picture, data }, mask }
}

/**
 * Draws one defect of a type at a random place. The same random state gives the same defect.
 * @param donor another normal picture with as many channels, from which `paste` cuts
 */
export function makeDefect(picture: Pixels, type: MadeDefectType, random: Random, donor: Pixels): MadeDefect {
  const { width, height } = picture
  const side = Math.min(width, height)
  const frame: Frame = {
    width,
    height,
    side,
    centerX: between(random, 0.05, 0.95) * width,
    centerY: between(random, 0.05, 0.95) * height,
  }
  requirePixels(picture)
  requirePixels(donor)
  switch (type) {
    case 'spot': {
      const mask = blob(random, frame, 1.2 + between(random, 0.012, 0.05) * side, 0.15, 6)
      const depth = between(random, 0.3, 0.75)
      return { picture: change(picture, mask, (v, m) => v * (1 - m * depth)), mask }
    }
    case 'scratch': {
      const mask = line(random, frame)
      const depth = between(random, 0.3, 0.7) * (random.uniform() < 2 / 3 ? -1 : 1)
      return { picture: change(picture, mask, (v, m) => v * (1 + m * depth)), mask }
    }
    case 'stain': {
      const radius = between(random, 0.1, 0.35) * side
      const mask = blob(random, frame, radius, 0.3, between(random, 4, 15))
      const depth = between(random, 0.2, 0.5) * sign(random)
      return { picture: change(picture, mask, (v, m) => v * (1 + m * depth)), mask }
    }
    case 'missing': {
      const edge = random.int(4)
      const corner = {
        ...frame,
        centerX: edge === 0 ? 0 : edge === 1 ? width : frame.centerX,
        centerY: edge === 2 ? 0 : edge === 3 ? height : frame.centerY,
      }
      const mask = blob(random, corner, between(random, 0.08, 0.3) * side, 0.25, 10)
      const base = meanBrightness(picture) * between(random, 0.4, 1.2)
      const [fine, coarse] = [smoothNoise(random, width, height, 1.5), smoothNoise(random, width, height, 5)]
      const broken = (pixel: number) => base * Math.max(0.1, 1 + 0.3 * fine[pixel] + 0.2 * coarse[pixel])
      return { picture: change(picture, mask, (v, m, pixel) => v * (1 - m) + m * broken(pixel)), mask }
    }
    case 'paste':
      return cutAndPaste(picture, donor, random, side)
  }
}
