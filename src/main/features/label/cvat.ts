/** What was drawn in CVAT, from its own XML ("CVAT for images 1.1" and "CVAT for video 1.1"), shape by shape: a bad one costs itself alone. */
import { unnamedDefect } from '../../../shared/label.ts'
import type { Message } from '../../../shared/messages/message.ts'
import type { XmlElement } from '../../platform/xml.ts'
import { cvatImages } from '../layouts/cvat-images.ts'
import type { CocoReading } from './coco.ts'
import { type CountedNotes, countedNotes, type DrawnShape, finiteNumber, leavesOut } from './conform.ts'
import { meaningOf } from './label-words.ts'
import { claimedSize, shown } from './labelme.ts'
import { ellipse, turnedBox } from './turned-shapes.ts'

/** Null where it is another document. */
export function readCvat(root: XmlElement): { images: CocoReading[]; notes: Message[] } | null {
  const read = cvatImages(root)
  if (read === null) return null
  const images = read.map(({ name, isFrame, width, height, shapes }): CocoReading => {
    const size = claimedSize(width, height)
    const notes = countedNotes()
    const drawn = shapes.flatMap((shape) => shapeOf(shape, notes) ?? [])
    const count = shapes.length
    return { file: name, isFrame, sha256: null, size, shapes: drawn, count, notes: notes.notes() }
  })
  return { images, notes: [] }
}

function shapeOf(element: XmlElement, notes: CountedNotes): DrawnShape | null {
  const leftOut = leavesOut(notes)
  const label = element.attributes.get('label')?.trim() ?? ''
  const meaning = label === '' ? 'defect' : meaningOf(label)
  if (meaning !== 'defect') return leftOut(meaning, { label: shown(label) })
  const defectType = label === '' ? unnamedDefect : label
  const number = (key: string): number | null => finiteNumber(element.attributes.get(key))
  const degrees = number('rotation') ?? 0
  switch (element.name) {
    case 'box': {
      const [left, top, right, bottom] = [number('xtl'), number('ytl'), number('xbr'), number('ybr')]
      if (left === null || top === null || right === null || bottom === null) return leftOut('malformed')
      const [x, y] = [Math.min(left, right), Math.min(top, bottom)]
      const [width, height] = [Math.abs(right - left), Math.abs(bottom - top)]
      if (width === 0 || height === 0) return leftOut('too-small')
      const center = { x: x + width / 2, y: y + height / 2 }
      return turnedBox(defectType, { x, y, width, height }, center, degrees)
    }
    case 'polygon': {
      const points = pointsOf(element.attributes.get('points') ?? '')
      if (points === null) return leftOut('malformed')
      if (points.length < 6) return leftOut('few-corners', { kind: 'polygon' })
      return { kind: 'polygon', defectType, points }
    }
    case 'ellipse': {
      const [x, y, radiusX, radiusY] = [number('cx'), number('cy'), number('rx'), number('ry')]
      if (x === null || y === null || radiusX === null || radiusY === null) return leftOut('malformed')
      if (radiusX <= 0 || radiusY <= 0) return leftOut('too-small')
      return ellipse(defectType, { x, y, radiusX, radiusY }, degrees)
    }
    case 'mask':
      return maskOf(element, defectType) ?? leftOut('runs')
    default:
      return leftOut('kind', { kind: shown(element.name) })
  }
}

/** Corners as CVAT writes them: "10.5,20.0;30.0,20.0". */
function pointsOf(text: string): number[] | null {
  const points: number[] = []
  for (const corner of text.split(';')) {
    const [x, y, ...more] = corner.split(',').map(finiteNumber)
    if (x === null || y === null || x === undefined || y === undefined || more.length > 0) return null
    points.push(x, y)
  }
  return points
}

/** Runs along the rows of a box, beginning with outside. */
function maskOf(element: XmlElement, defectType: string): DrawnShape | null {
  const [x, y, width, height] = ['left', 'top', 'width', 'height'].map((key) =>
    finiteNumber(element.attributes.get(key)),
  )
  const counts = (element.attributes.get('rle') ?? '')
    .split(',')
    .map((run) => Number(run.trim() || Number.NaN))
  if (!isCount(x) || !isCount(y) || !isCount(width) || !isCount(height) || !counts.every(isCount)) return null
  if (width === 0 || height === 0) return null
  return { kind: 'rows', defectType, x, y, width, height, counts }
}

const isCount = (value: number | null | undefined): value is number =>
  Number.isSafeInteger(value) && value !== null && value !== undefined && value >= 0
