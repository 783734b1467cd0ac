/**
 * Tells what is marked in the values of a mask, and in which classes: by number, by color, by the index of a palette or
 * by alpha. The rules for noise, soft edges and borders are one long list of cases, and stand together here.
 */
import { type Message, message } from '../../shared/messages/message.ts'
import type { MaskSamples, Palette } from './mask-samples.ts'
import type { Size } from './orientation.ts'

/** The pixels of one value or color. */
export interface MaskClass {
  /** The number in the file, or the index of its palette; null for a color. */
  value: number | null
  /** `#rrggbb`; null for a number without a color. */
  color: string | null
  area: number
}

/** The most classes that are told apart: each has a value of a byte. */
const mostClasses = 255

export interface Marked {
  classes: Omit<MaskClass, 'area'>[]
  /** 0, or 1 + the place in `classes`. */
  classOf: Uint8Array
  notes: Message[]
}

export function markedIn(samples: MaskSamples): Marked {
  const { bands, data, palette } = samples
  if (palette !== null && data instanceof Uint8Array) return markedByIndex(samples, data, palette)
  if (data instanceof Float32Array) return markedByNumber(samples, wholeNumbers(data))
  const pixels = samples.width * samples.height
  const visible = bands === 4 ? visibleIn(data) : null
  if (visible !== null) return markedByAlpha(samples, data, visible)
  if (bands === 1 || isGray(data, bands)) {
    if (bands === 1) return markedByNumber(samples, data)
    const gray = data instanceof Uint16Array ? new Uint16Array(pixels) : new Uint8Array(pixels)
    for (let i = 0; i < pixels; i++) gray[i] = data[i * bands]
    return markedByNumber(samples, gray)
  }
  return markedByColor(samples, data, bands)
}

function isGray(data: Uint8Array | Uint16Array, bands: number): boolean {
  for (let i = 0; i < data.length; i += bands) {
    if (data[i] !== data[i + 1] || data[i] !== data[i + 2]) return false
  }
  return true
}

/** Numbers from 0 on as they are; others spread over 16 bits. Less than 0, and what is no number, marks nothing. */
function wholeNumbers(data: Float32Array): Uint16Array {
  let most = 0
  let areWhole = true
  for (const value of data) {
    if (!(value > 0) || !Number.isFinite(value)) continue
    if (value > most) most = value
    if (!Number.isInteger(value)) areWhole = false
  }
  const scale = areWhole && most <= 65_535 ? 1 : most === 0 ? 0 : 65_535 / most
  const out = new Uint16Array(data.length)
  for (let i = 0; i < data.length; i++) {
    if (data[i] > 0 && Number.isFinite(data[i])) out[i] = Math.max(1, Math.round(data[i] * scale))
  }
  return out
}

/**
 * Which pixels can be seen, where alpha tells pixels apart: at least half as much as the most visible. Null where all
 * pixels have one alpha, which programs also write as 0.
 */
function visibleIn(data: Uint8Array | Uint16Array): Uint8Array | null {
  let least = Number.POSITIVE_INFINITY
  let most = 0
  for (let i = 3; i < data.length; i += 4) {
    if (data[i] < least) least = data[i]
    if (data[i] > most) most = data[i]
  }
  if (least === most) return null
  const visible = new Uint8Array(data.length / 4)
  for (let i = 0; i < visible.length; i++) visible[i] = data[i * 4 + 3] * 2 >= most ? 1 : 0
  return visible
}

const hex = (red: number, green: number, blue: number): string =>
  `#${[red, green, blue].map((value) => value.toString(16).padStart(2, '0')).join('')}`

/** An overlay: what is invisible is not marked. Black beside other colors is its ground, black alone its mark. */
function markedByAlpha(size: Size, data: Uint8Array | Uint16Array, visible: Uint8Array): Marked {
  const pixels = size.width * size.height
  const colorAt = (i: number): number => data[i * 4] * 0x1_00_00 + data[i * 4 + 1] * 0x1_00 + data[i * 4 + 2]
  const areas = new Map<number, number>()
  for (let i = 0; i < pixels; i++) {
    if (visible[i] === 1) areas.set(colorAt(i), (areas.get(colorAt(i)) ?? 0) + 1)
  }
  const marks = [...areas.keys()].filter((color) => color !== 0)
  if (marks.length === 0 || marks.length > mostClasses) {
    return { classes: [{ value: null, color: null }], classOf: visible, notes: [] }
  }
  marks.sort((a, b) => a - b)
  const place = new Map(marks.map((color, i) => [color, i + 1]))
  const classOf = new Uint8Array(pixels)
  for (let i = 0; i < pixels; i++) if (visible[i] === 1) classOf[i] = place.get(colorAt(i)) ?? 0
  const classes = marks.map((color) => ({ value: null, color: colorText(color) }))
  return { classes, classOf, notes: [] }
}

const colorText = (color: number): string => hex(color >>> 16, (color >>> 8) & 255, color & 255)

/** A palette: the indexes count, 0 is the ground, and 255 beside smaller ones is the border that counts for nothing. */
function markedByIndex(size: MaskSamples, indexes: Uint8Array, palette: Palette): Marked {
  const areas = countsOf(indexes, 256)
  const used = Array.from(areas.keys()).filter((index) => areas[index] > 0)
  const colorOf = (index: number) => palette[index] ?? { red: 0, green: 0, blue: 0, alpha: 255 }
  const grays = used.map(colorOf)
  const isGrayScale =
    grays.every(({ red, green, blue, alpha }) => red === green && red === blue && alpha === 255) &&
    new Set(grays.map(({ red }) => red)).size === used.length &&
    grays.some(({ red }) => red === 0)
  if (isGrayScale && !isOwnNumber(used, colorOf)) {
    return markedByNumber(
      size,
      indexes.map((index) => colorOf(index).red),
    )
  }
  const transparent = used.filter((index) => colorOf(index).alpha === 0)
  const black = used.filter((index) => {
    const { red, green, blue } = colorOf(index)
    return red + green + blue === 0
  })
  const [onlyBlack] = black
  const notes: Message[] = []
  let grounds: number[] = [0]
  if (transparent.length > 0 && transparent.length < used.length) grounds = transparent
  else if (
    black.length === 1 &&
    onlyBlack !== undefined &&
    onlyBlack !== 0 &&
    areas[onlyBlack] * 2 > indexes.length
  ) {
    // A program that sorts its palette gives the ground any number.
    grounds = [onlyBlack]
    if (areas[0] > 0) notes.push(message('mask-two-readings', { case: 'palette', index: onlyBlack }))
  }
  const marks = used.filter((index) => !grounds.includes(index))
  const isVoid = marks.length > 1 && marks.includes(255)
  if (isVoid) notes.push(message('mask-void', { value: 255, pixels: areas[255] }))
  return numbered(
    indexes,
    marks.filter((index) => !isVoid || index !== 255),
    (index) => {
      const { red, green, blue } = colorOf(index)
      return { value: index, color: hex(red, green, blue) }
    },
    notes,
  )
}

/** Whether each index has the gray of its own number, or none of them: then the index is the value. */
const isOwnNumber = (used: readonly number[], colorOf: (index: number) => { red: number }): boolean =>
  used.every((index) => colorOf(index).red === index)

function countsOf(values: Uint8Array | Uint16Array, room: number): Uint32Array {
  const counts = new Uint32Array(room)
  for (let i = 0; i < values.length; i++) counts[values[i]]++
  return counts
}

/** Classes by their values; where there are too many to tell apart, one class of all that is marked. */
function numbered(
  values: Uint8Array | Uint16Array,
  marks: readonly number[],
  describe: (value: number) => Omit<MaskClass, 'area'>,
  notes: Message[],
): Marked {
  const together = marks.length > mostClasses
  const place = new Uint8Array(65_536)
  for (const [i, value] of marks.entries()) place[value] = together ? 1 : i + 1
  const classOf = new Uint8Array(values.length)
  for (let i = 0; i < values.length; i++) classOf[i] = place[values[i]]
  const classes = together ? [{ value: null, color: null }] : marks.map(describe)
  return { classes: classes.length > 0 ? classes : [{ value: null, color: null }], classOf, notes }
}

/** Below this a lossy file has only the noise of black. */
const leastOfLossy = 16
/** A lossy mask whose brightest value is below this is read, and said to be faint. */
const faint = 64
/** The highest number that is taken for that of a class, where 255 stands beside it. */
const highestClass = 40

/** Gray values: 0 is the ground, and each other value a class, unless they are noise or soft edges. */
function markedByNumber(size: MaskSamples, values: Uint8Array | Uint16Array): Marked {
  const counts = countsOf(values, values instanceof Uint16Array ? 65_536 : 256)
  const used: number[] = []
  for (let value = 0; value < counts.length; value++) if (counts[value] > 0) used.push(value)
  const most = used.at(-1) ?? 0
  const one = [{ value: null, color: null }]
  const above = (least: number): Uint8Array => {
    const classOf = new Uint8Array(values.length)
    for (let i = 0; i < classOf.length; i++) classOf[i] = values[i] >= least ? 1 : 0
    return classOf
  }
  if (size.isLossy) {
    if (most < leastOfLossy) return { classes: one, classOf: new Uint8Array(values.length), notes: [] }
    const notes = most < faint ? [message('mask-faint', { value: most })] : []
    return { classes: one, classOf: above(most / 2), notes }
  }
  const describe = (value: number) => ({ value, color: null })
  if (!used.includes(0) && used.length > 1) {
    const [ground = 0, ...marks] = used
    if (isNoise(size, values, counts, most)) {
      return { classes: one, classOf: above(most / 2), notes: [message('mask-soft', { value: most / 2 })] }
    }
    return numbered(values, marks, describe, [
      message('mask-two-readings', { case: 'no-zero', value: ground }),
    ])
  }
  const marks = used.filter((value) => value !== 0)
  const full = [255, 65_535].find((value) => value === most)
  const small = marks.filter((value) => value !== full)
  if (full !== undefined && small.length > 0 && (small.at(-1) ?? 0) <= highestClass) {
    const pixels = small.reduce((sum, value) => sum + counts[value], 0)
    // A few stray dark pixels beside a white mark are no classes, and the mark no border.
    if (pixels * 50 >= counts[full]) {
      return numbered(values, small, describe, [message('mask-void', { value: full, pixels: counts[full] })])
    }
    return numbered(values, marks, describe, [message('mask-two-readings', { case: 'void', value: full })])
  }
  if (isNoise(size, values, counts, most)) {
    return {
      classes: one,
      classOf: above(most / 2),
      notes: [message('mask-soft', { value: Math.ceil(most / 2) })],
    }
  }
  return numbered(values, marks, describe, [])
}

/**
 * Whether the values between black and the brightest are edges made soft or the noise of an earlier JPEG, and no
 * classes: they lie around black and white, or they fill no area and there are many of them or each touches something
 * brighter.
 */
function isNoise(
  { width, height }: Size,
  values: Uint8Array | Uint16Array,
  counts: Uint32Array,
  most: number,
): boolean {
  if (most < faint) return false
  let between = 0
  let kinds = 0
  const dark = { kinds: 0, pixels: 0 }
  const bright = { kinds: 0, pixels: counts[most] }
  for (let value = 1; value < most; value++) {
    if (counts[value] === 0) continue
    kinds++
    between += counts[value]
    const near = value * 5 <= most ? dark : value * 5 >= most * 4 ? bright : null
    if (near === null) continue
    near.kinds++
    near.pixels += counts[value]
  }
  if (between === 0) return false
  // Several values near black and several near the brightest, and little between: black and white that were a JPEG.
  const middle = between + counts[most] - dark.pixels - bright.pixels
  if (dark.kinds >= 3 && bright.kinds >= 3 && middle * 4 <= bright.pixels) return true
  let inside = 0
  let touching = 0
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x
      const value = values[at]
      if (value === 0 || value === most) continue
      let same = 0
      let brighter = false
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) {
          if (x + dx < 0 || x + dx >= width || y + dy < 0 || y + dy >= height) continue
          const other = values[at + dy * width + dx]
          if (other > value) brighter = true
          if (dx * dy === 0 && other === value) same++
        }
      }
      // The pixel itself and its four neighbors.
      if (same === 5) inside++
      if (brighter) touching++
    }
  }
  if (inside * 20 > between) return false
  return kinds >= 8 || touching * 20 >= between * 19
}

/** Colors: black is the ground, else white, else the color that covers most; each other color is a class. */
function markedByColor(size: MaskSamples, data: Uint8Array | Uint16Array, bands: number): Marked {
  const pixels = size.width * size.height
  const shift = data instanceof Uint16Array ? 8 : 0
  const values = new Uint8Array(pixels)
  const colors = new Map<number, number>()
  const areas = new Uint32Array(256)
  let last = -1
  let lastPlace = 0
  for (let i = 0; i < pixels && !size.isLossy; i++) {
    const at = i * bands
    const raw = data[at] * 2 ** 32 + data[at + 1] * 2 ** 16 + data[at + 2]
    if (raw !== last) {
      const known = colors.get(raw)
      if (known === undefined && colors.size === mostClasses + 1) return markedByBrightness(size, data, bands)
      lastPlace = known ?? colors.size
      if (known === undefined) colors.set(raw, lastPlace)
      last = raw
    }
    values[i] = lastPlace
    areas[lastPlace]++
  }
  if (size.isLossy) return markedByBrightness(size, data, bands)
  const found = [...colors].map(([raw, place]) => ({
    place,
    area: areas[place],
    rgb: [Math.floor(raw / 2 ** 32), Math.floor(raw / 2 ** 16) % 65_536, raw % 65_536] as const,
  }))
  const full = shift === 8 ? 65_535 : 255
  const black = found.find(({ rgb }) => rgb.every((value) => value === 0))
  const white = found.find(({ rgb }) => rgb.every((value) => value === full))
  const largest = found.toSorted((a, b) => b.area - a.area)[0]
  const textOf = ({ rgb: [red, green, blue] }: { rgb: readonly [number, number, number] }): string =>
    shift === 8 && Math.max(red, green, blue) < 256
      ? hex(red, green, blue)
      : hex(red >>> shift, green >>> shift, blue >>> shift)
  const ground = black ?? (white && white === largest ? white : largest)
  const notes: Message[] = []
  if (found.length === 1)
    return numbered(values, [0], () => ({ value: null, color: textOf(found[0]) }), notes)
  if (black === undefined && ground !== undefined) {
    notes.push(message('mask-two-readings', { case: 'no-black', color: textOf(ground) }))
  }
  const marks = found.filter((color) => color !== ground).toSorted((a, b) => (textOf(a) < textOf(b) ? -1 : 1))
  if (
    marks.length > 8 &&
    isWithoutAreas(
      size,
      values,
      marks.map(({ place }) => place),
    )
  ) {
    return markedByBrightness(size, data, bands)
  }
  const isVoc = marks.length > 1 && marks.every((color) => vocColors.has(textOf(color)))
  const border = isVoc ? marks.find((color) => textOf(color) === vocBorder) : undefined
  if (border) notes.push(message('mask-void', { value: vocBorder, pixels: border.area }))
  const byPlace = new Map(found.map((color) => [color.place, color]))
  return numbered(
    values,
    marks.filter((color) => color !== border).map(({ place }) => place),
    (place) => {
      const color = byPlace.get(place)
      return { value: null, color: color ? textOf(color) : null }
    },
    notes,
  )
}

/** Whether hardly a pixel of these has four neighbors like itself: colors between two others, at soft edges. */
function isWithoutAreas({ width, height }: Size, values: Uint8Array, places: readonly number[]): boolean {
  const isMark = new Uint8Array(256)
  for (const place of places) isMark[place] = 1
  const areas = new Uint32Array(256)
  const insides = new Uint32Array(256)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x
      const value = values[at]
      if (isMark[value] === 0) continue
      areas[value]++
      const alone =
        (x > 0 && values[at - 1] !== value) ||
        (x + 1 < width && values[at + 1] !== value) ||
        (y > 0 && values[at - width] !== value) ||
        (y + 1 < height && values[at + width] !== value)
      if (!alone) insides[value]++
    }
  }
  return places.filter((place) => insides[place] * 20 <= areas[place]).length * 2 > places.length
}

/** Colors that noise or soft edges have mixed: the brightest of red, green and blue, from half of the most on. */
function markedByBrightness(size: MaskSamples, data: Uint8Array | Uint16Array, bands: number): Marked {
  const pixels = size.width * size.height
  const gray = data instanceof Uint16Array ? new Uint16Array(pixels) : new Uint8Array(pixels)
  let most = 0
  for (let i = 0; i < pixels; i++) {
    gray[i] = Math.max(data[i * bands], data[i * bands + 1], data[i * bands + 2])
    if (gray[i] > most) most = gray[i]
  }
  if (size.isLossy) return markedByNumber(size, gray)
  const classOf = new Uint8Array(pixels)
  for (let i = 0; i < pixels; i++) classOf[i] = gray[i] * 2 >= most && most > 0 ? 1 : 0
  return {
    classes: [{ value: null, color: null }],
    classOf,
    notes: [message('mask-soft', { value: Math.ceil(most / 2) })],
  }
}

/** The color that Pascal VOC gives a class: red, green and blue take the bits of its number in turn, the lowest first. */
export function vocColor(index: number): [number, number, number] {
  const rgb: [number, number, number] = [0, 0, 0]
  for (let bit = 0, rest = index; bit < 8; bit++, rest >>= 3) {
    for (let band = 0; band < 3; band++) rgb[band] |= ((rest >> band) & 1) << (7 - bit)
  }
  return rgb
}

/** The colors of Pascal VOC, by which many tools number their classes, and the last of them, its border. */
const vocColors: ReadonlySet<string> = new Set(
  Array.from({ length: 256 }, (_, index) => hex(...vocColor(index))),
)
const vocBorder = '#e0e0c0'
