/**
 * What was drawn in Label Studio: polygons, boxes and ellipses in percent of the picture, and brushes as packed runs.
 * It is read shape by shape: a bad one costs itself alone.
 */
import { unnamedDefect } from '../../../shared/label.ts'
import type { Message } from '../../../shared/messages/message.ts'
import type { Size } from '../../images/orientation.ts'
import { type DrawnResult, type LabelStudioTask, labelStudioTasks } from '../layouts/label-studio-tasks.ts'
import { type CountedNotes, countedNotes, type DrawnShape, finiteNumber, leavesOut } from './conform.ts'
import { meaningOf } from './label-words.ts'
import { claimedSize, shown } from './labelme.ts'
import { ellipse, turnedBox } from './turned-shapes.ts'

export interface TaskReading {
  address: string
  /** The photograph's size as the document has it. */
  size: Size | null
  /** Number of things drawn on the photograph. */
  count: number
  /** @param size of the photograph, which shapes in percent need */
  shapesOn(size: Size): { shapes: DrawnShape[]; notes: Message[] }
}

/** So many kinds of results that mark no area are named; Label Studio has about thirty. */
const mostKinds = 40

/** Null where it is no export of Label Studio. The notes concern the whole document. */
export function readLabelStudio(document: unknown): { tasks: TaskReading[]; notes: Message[] } | null {
  const tasks = labelStudioTasks(document)
  if (tasks === null) return null
  const notes = countedNotes()
  const add = (code: string, params: Message['params'], times: number): void => {
    for (let i = 0; i < times; i += 1) notes.add(code, params)
  }
  const kinds = new Set<string>()
  const readings: TaskReading[] = []
  for (const task of tasks) {
    add('annotation-left-out', { case: 'cancelled' }, task.cancelled)
    add('annotation-left-out', { case: 'predicted' }, task.predictions)
    for (const kind of task.withoutArea) {
      if (kinds.size < mostKinds) kinds.add(kind)
      notes.add('annotation-left-out', { case: 'no-area', kind: kinds.has(kind) ? shown(kind) : 'unknown' })
    }
    if (task.address !== null) readings.push(readingOf(task, task.address))
    else add('annotation-left-out', { case: 'no-photograph' }, Math.max(1, task.annotations))
  }
  return { tasks: readings, notes: notes.notes() }
}

function readingOf(task: LabelStudioTask, address: string): TaskReading {
  const size = usualSize(task.drawn)
  return {
    address,
    size,
    count: task.drawn.length,
    shapesOn(photograph) {
      // On a photograph of another size nothing is drawn, and memory is reserved only for as many pixels as it has.
      if (size !== null && size.width * size.height !== photograph.width * photograph.height) {
        return { shapes: [], notes: [] }
      }
      const notes = countedNotes()
      if (task.annotations > 1) notes.add('annotations-united', { annotations: task.annotations })
      const shapes = task.drawn.flatMap((drawn) => shapeOf(drawn, size ?? photograph, notes) ?? [])
      return { shapes, notes: notes.notes() }
    },
  }
}

/** The size that most shapes have in the document: each of them repeats it, and one may be broken. */
function usualSize(drawn: readonly DrawnResult[]): Size | null {
  const found = new Map<string, { size: Size; count: number }>()
  for (const { width, height } of drawn) {
    const size = claimedSize(width, height)
    if (size === null) continue
    const key = `${size.width} x ${size.height}`
    const known = found.get(key)
    if (known) known.count += 1
    else found.set(key, { size, count: 1 })
  }
  const [usual] = [...found.values()].sort((a, b) => b.count - a.count)
  return usual?.size ?? null
}

function shapeOf(
  { value, label, rotation }: DrawnResult,
  size: Size,
  notes: CountedNotes,
): DrawnShape | null {
  const leftOut = leavesOut(notes)
  const meaning = label === null ? 'defect' : meaningOf(label)
  if (meaning !== 'defect') return leftOut(meaning, { label: shown(label ?? '') })
  // A picture can be turned in the program before it is drawn on; the numbers are those of the turned one.
  if ((finiteNumber(rotation ?? 0) ?? 0) % 360 !== 0) return leftOut('turned-there')
  const defectType = label ?? unnamedDefect
  const number = (key: string): number | null => finiteNumber(value[key])
  const across = (key: string): number | null => scaled(number(key), size.width)
  const down = (key: string): number | null => scaled(number(key), size.height)
  const [x, y] = [across('x'), down('y')]
  const degrees = number('rotation') ?? 0

  if ('rle' in value) return brushOf(value.rle, defectType, size) ?? leftOut('runs')
  if (Array.isArray(value.points)) {
    const points = value.points.flatMap((point): number[] => {
      const [px, py] = Array.isArray(point) ? [finiteNumber(point[0]), finiteNumber(point[1])] : [null, null]
      return px === null || py === null ? [Number.NaN] : [(px * size.width) / 100, (py * size.height) / 100]
    })
    if (points.some(Number.isNaN)) return leftOut('malformed')
    return points.length < 6
      ? leftOut('few-corners', { kind: 'polygon' })
      : { kind: 'polygon', defectType, points }
  }
  if ('radiusX' in value || 'radiusY' in value) {
    const [radiusX, radiusY] = [across('radiusX'), down('radiusY')]
    if (x === null || y === null || radiusX === null || radiusY === null) return leftOut('malformed')
    if (radiusX <= 0 || radiusY <= 0) return leftOut('too-small')
    return ellipse(defectType, { x, y, radiusX, radiusY }, degrees)
  }
  if ('height' in value) {
    const [width, height] = [across('width'), down('height')]
    if (x === null || y === null || width === null || height === null) return leftOut('malformed')
    if (width <= 0 || height <= 0) return leftOut('too-small')
    return turnedBox(defectType, { x, y, width, height }, { x, y }, degrees)
  }
  return leftOut('kind', {
    kind: 'imageDataURL' in value ? 'bitmask' : 'vertices' in value ? 'vector' : 'point',
  })
}

const scaled = (percent: number | null, side: number): number | null =>
  percent === null ? null : (percent * side) / 100

/** From half of the opacity on, a pixel of a brush is marked. */
const opaque = 128

/**
 * A brush: the four bands of a picture, packed by rle-pack. Its length is compared with that of the picture before
 * anything is reserved for it. Null where it is none of this size.
 */
export function brushOf(packed: unknown, defectType: string, { width, height }: Size): DrawnShape | null {
  if (!Array.isArray(packed)) return null
  const bytes = Uint8Array.from(packed, (value) => (typeof value === 'number' ? value : 0))
  let at = 0
  const read = (bits: number): number => {
    let value = 0
    for (let i = 0; i < bits; i += 1, at += 1) {
      value = value * 2 + (((bytes[at >> 3] ?? 0) >> (7 - (at & 7))) & 1)
    }
    return value
  }
  const length = read(32)
  if (length !== width * height * 4) return null
  const wordSize = read(5) + 1
  const sizes = [read(4) + 1, read(4) + 1, read(4) + 1, read(4) + 1]
  if (wordSize !== 8) return null
  const data = new Uint8Array(width * height)
  const put = (index: number, value: number): void => {
    if (index % 4 === 3 && value >= opaque) data[index >> 2] = 1
  }
  for (let i = 0; i < length; ) {
    if (at >= bytes.length * 8) return null
    const isRun = read(1) === 1
    const end = Math.min(length, i + 1 + read(sizes[read(2)] ?? 1))
    const value = isRun ? read(wordSize) : 0
    for (; i < end; i += 1) put(i, isRun ? value : read(wordSize))
  }
  return { kind: 'pixels', defectType, x: 0, y: 0, width, height, data }
}
