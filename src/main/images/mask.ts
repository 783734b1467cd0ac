/**
 * Reads a mask as a person sees it: which pixels are marked, in which classes, and what was assumed about it. Programs
 * write masks as black and white, as class numbers, as colors, as palettes, as alpha; as JPEG with noise, or with soft
 * edges. What is certain is read; what is likely is read and noted.
 */
import { type Message, message } from '../../shared/messages/message.ts'
import type { ImageSource } from './byte-source.ts'
import { type Marked, type MaskClass, markedIn } from './mask-classes.ts'
import { type MaskSamples, readMaskSamples } from './mask-samples.ts'
import { type Orientation, type Size, turnedPixels, turnedSize } from './orientation.ts'
import { ImageRefusal } from './refusal.ts'

export interface Mask {
  /** 1 where the defect is, else 0; row-major [height, width]. */
  data: Uint8Array
  width: number
  height: number
  /** Number of pixels of the defect. */
  area: number
}

/** How a sentence names classes: by number where they have one, else by color. */
export const classTexts = (classes: readonly MaskClass[]): string[] =>
  classes.map(({ value, color }) => (value === null ? (color ?? '') : String(value)))

/** What a mask file says. */
export interface MaskReading {
  mask: Mask
  /** The classes that are marked, by value. One class where the file has none. */
  classes: MaskClass[]
  /** Row-major [height, width]: 0 where nothing is marked, else 1 + the place of the class in `classes`. */
  classOf: Uint8Array
  /** Messages of the topic `warning`: what was assumed. */
  notes: Message[]
}

export interface MaskOptions {
  /** Read as the defect what is not marked: for black on white. */
  invert?: boolean
}

/** Reads the marked pixels of a mask that has been taken in. @throws ImageRefusal */
export async function readMask(source: ImageSource): Promise<Mask> {
  const samples = await readMaskSamples(source)
  return reading(samples, markedIn(samples), {}).mask
}

/**
 * Reads a mask with its classes and what was assumed about it.
 * @throws ImageRefusal, also where the picture is a photograph and no mask
 */
export async function interpretMask(source: ImageSource, options: MaskOptions = {}): Promise<MaskReading> {
  const samples = await readMaskSamples(source)
  if (isPhotograph(samples)) throw new ImageRefusal('unsupported-type', { case: 'not-a-mask' })
  return reading(samples, markedIn(samples), options)
}

function reading(size: Size, marked: Marked, { invert = false }: MaskOptions): MaskReading {
  const { width, height } = size
  const classOf = invert ? marked.classOf.map((value) => (value === 0 ? 1 : 0)) : marked.classOf
  const named = invert ? [{ value: null, color: null }] : marked.classes
  const areas = new Uint32Array(named.length + 1)
  for (let i = 0; i < classOf.length; i++) areas[classOf[i]]++
  const data = new Uint8Array(classOf.length)
  for (let i = 0; i < data.length; i++) data[i] = classOf[i] > 0 ? 1 : 0
  const area = data.length - areas[0]
  const notes = [...marked.notes]
  if (area * 2 > data.length)
    notes.push(message('mask-mostly-marked', { share: { share: area / data.length } }))
  return {
    mask: { data, width, height, area },
    classes: named.map((found, i) => ({ ...found, area: areas[i + 1] })),
    classOf,
    notes,
  }
}

/** A mask has few values, or many around two: a photograph has many, all over its range. */
function isPhotograph({ bands, data, palette, width, height }: MaskSamples): boolean {
  if (palette !== null || data instanceof Float32Array) return false
  const pixels = width * height
  const shift = data instanceof Uint16Array ? 8 : 0
  const counts = new Uint32Array(256)
  for (let i = 0; i < pixels; i++) {
    const at = i * bands
    const value = bands === 1 ? data[at] : Math.max(data[at], data[at + 1], data[at + 2])
    counts[value >>> shift]++
  }
  const used = Array.from(counts.keys()).filter((value) => counts[value] > 0)
  const least = used[0] ?? 0
  const most = used.at(-1) ?? 0
  const between = used
    .filter((value) => value - least > (most - least) * 0.2 && value - least < (most - least) * 0.8)
    .reduce((sum, value) => sum + counts[value], 0)
  return used.length >= leastOfPhotograph && between * 4 > pixels
}

/** Fewer values than this can also be the classes of a mask. */
const leastOfPhotograph = 32

/** A photograph as a mask must fit it: its size upright, and how EXIF turned it there. */
export interface MaskedPhotograph extends Size {
  orientation: Orientation
}

/**
 * Puts a mask onto its photograph: as it is, or turned with the photograph where it was drawn on the stored pixels,
 * which its size tells. Null where it has another size.
 */
export function fitMask(found: MaskReading, photograph: MaskedPhotograph): MaskReading | null {
  const { width, height, orientation } = photograph
  const { mask } = found
  const isUpright = mask.width === width && mask.height === height
  if (orientation === 1) return isUpright ? found : null
  const stored = turnedSize(photograph, orientation)
  if (isUpright) {
    // Nothing tells a mask of the stored pixels from one of the upright picture where both have one size.
    if (stored.width !== width || stored.height !== height) return found
    return { ...found, notes: [...found.notes, message('mask-maybe-not-turned')] }
  }
  if (mask.width !== stored.width || mask.height !== stored.height) return null
  return {
    ...found,
    mask: { data: turnedPixels(mask.data, mask, orientation), width, height, area: mask.area },
    classOf: turnedPixels(found.classOf, mask, orientation),
    notes: [...found.notes, message('mask-turned')],
  }
}
