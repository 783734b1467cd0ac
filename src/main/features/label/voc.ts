/**
 * Pascal VOC: an XML document for each photograph with the boxes of its objects, as labelImg, CVAT and many others write
 * it; and the polygons that some of them add. Corners are taken as coordinates of pixel edges, as these programs do.
 */
import { unnamedDefect } from '../../../shared/label.ts'
import { childOf, textIn, type XmlElement } from '../../platform/xml.ts'
import { type CountedNotes, countedNotes, type DrawnShape, finiteNumber, leavesOut } from './conform.ts'
import { meaningOf } from './label-words.ts'
import { claimedSize, type LabelmeReading, shown } from './labelme.ts'
import { turnedBox } from './turned-shapes.ts'

/** Null where it is another document. */
export function readVoc(root: XmlElement): LabelmeReading | null {
  if (root.name !== 'annotation') return null
  const size = childOf(root, 'size')
  const objects = root.children.filter(({ name }) => name === 'object')
  const notes = countedNotes()
  return {
    imagePath: textIn(root, 'filename') ?? textIn(root, 'path'),
    size: size ? claimedSize(textIn(size, 'width'), textIn(size, 'height')) : null,
    shapes: objects.flatMap((object) => shapeOf(object, notes) ?? []),
    count: objects.length,
    notes: notes.notes(),
  }
}

function shapeOf(object: XmlElement, notes: CountedNotes): DrawnShape | null {
  const leftOut = leavesOut(notes)
  const label = textIn(object, 'name') ?? ''
  const meaning = label === '' ? 'defect' : meaningOf(label)
  if (meaning !== 'defect') return leftOut(meaning, { label: shown(label) })
  if (textIn(object, 'deleted') === '1') return leftOut('deleted-there')
  const defectType = label === '' ? unnamedDefect : label

  const outline = childOf(object, 'polygon')
  if (outline) {
    const points = cornersOf(outline)
    if (points === null) return leftOut('malformed')
    return points.length < 6
      ? leftOut('few-corners', { kind: 'polygon' })
      : { kind: 'polygon', defectType, points }
  }
  // roLabelImg: a box turned about its center, in radians.
  const turned = childOf(object, 'robndbox')
  if (turned) {
    const [cx, cy, width, height, angle] = numbersIn(turned, ['cx', 'cy', 'w', 'h', 'angle'])
    if (cx == null || cy == null || width == null || height == null) return leftOut('malformed')
    if (width <= 0 || height <= 0) return leftOut('too-small')
    const box = { x: cx - width / 2, y: cy - height / 2, width, height }
    return turnedBox(defectType, box, { x: cx, y: cy }, ((angle ?? 0) * 180) / Math.PI)
  }
  const box = childOf(object, 'bndbox')
  if (!box) return leftOut('nothing-drawn')
  const [left, top, right, bottom] = numbersIn(box, ['xmin', 'ymin', 'xmax', 'ymax'])
  if (left == null || top == null || right == null || bottom == null) return leftOut('malformed')
  const [x, y] = [Math.min(left, right), Math.min(top, bottom)]
  const [width, height] = [Math.abs(right - left), Math.abs(bottom - top)]
  if (width === 0 || height === 0) return leftOut('too-small')
  return { kind: 'rectangle', defectType, x, y, width, height }
}

const numbersIn = (element: XmlElement, names: readonly string[]): (number | null)[] =>
  names.map((name) => finiteNumber(textIn(element, name)))

/** `<pt><x/><y/></pt>` of LabelMe's server, or `<x1/><y1/><x2/>…` of Roboflow. */
function cornersOf(outline: XmlElement): number[] | null {
  const corners = outline.children.filter(({ name }) => name === 'pt')
  const numbers =
    corners.length > 0
      ? corners.flatMap((corner) => numbersIn(corner, ['x', 'y']))
      : outline.children
          .filter(({ name }) => /^[xy]\d+$/.test(name))
          .toSorted((a, b) => Number(a.name.slice(1)) - Number(b.name.slice(1)) || (a.name < b.name ? -1 : 1))
          .map(({ text }) => finiteNumber(text))
  const found = numbers.filter((value) => value !== null)
  return found.length === numbers.length && found.length % 2 === 0 ? found : null
}
