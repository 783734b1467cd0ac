/**
 * YOLO: a text file for each photograph, with a line for each object: the number of its class, and a box (center, width,
 * height) or the corners of an outline, as shares of the picture. It is read line by line: a bad one costs itself alone.
 */
import { unnamedDefect } from '../../../shared/label.ts'
import type { Message } from '../../../shared/messages/message.ts'
import type { Size } from '../../images/orientation.ts'
import { isNormalized, type YoloLine, yoloLine } from '../layouts/yolo-files.ts'
import { type CountedNotes, countedNotes, type DrawnShape, leavesOut } from './conform.ts'
import { meaningOf } from './label-words.ts'
import { shown } from './labelme.ts'
import type { YoloClasses } from './yolo-classes.ts'

export interface YoloReading {
  /** Number of lines. */
  count: number
  /** Numbers of classes that no list of the folder names, because there is none. */
  unlisted: ReadonlySet<number>
  /** @param size of the photograph, which shares of it need */
  shapesOn(size: Size): { shapes: DrawnShape[]; notes: Message[] }
}

/** Null where none of its lines is one of YOLO. @param classes those of the list that is nearest to the file */
export function readYolo(text: string, classes: YoloClasses | null): YoloReading | null {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '')
  const read = lines.map(yoloLine)
  const found = read.filter((line) => line !== null)
  if (lines.length > 0 && found.length === 0) return null
  return {
    count: lines.length,
    unlisted: new Set(classes === null ? found.map((line) => line.class) : []),
    shapesOn(size) {
      const notes = countedNotes()
      const broken = lines.length - found.length
      for (let i = 0; i < broken; i += 1) notes.add('shape-left-out', { case: 'malformed' })
      const shapes = found.flatMap((line) => shapeOf(line, classes, size, notes) ?? [])
      return { shapes, notes: notes.notes() }
    },
  }
}

function shapeOf(
  line: YoloLine,
  classes: YoloClasses | null,
  size: Size,
  notes: CountedNotes,
): DrawnShape | null {
  const leftOut = leavesOut(notes)
  const name = classes?.names.get(line.class)
  if (name === undefined && classes !== null) {
    notes.add('class-unlisted', { id: line.class, list: classes.file, type: unnamedDefect })
  }
  const meaning = name === undefined ? 'defect' : meaningOf(name)
  if (meaning !== 'defect') return leftOut(meaning, { label: shown(name ?? '') })
  const defectType = name ?? unnamedDefect
  if (!isNormalized(line)) return leftOut('not-normalized')
  const { numbers } = line
  const keypoints = classes?.keypointNumbers ?? 0
  if (keypoints > 0 && numbers.length === 4 + keypoints) {
    notes.add('keypoints-left-out', {})
    return boxOf(numbers, defectType, size) ?? leftOut('too-small')
  }
  if (numbers.length === 4) return boxOf(numbers, defectType, size) ?? leftOut('too-small')
  // A model writes its confidence behind a box or an outline, which then is one number too long.
  if (numbers.length === 5 || (numbers.length % 2 === 1 && numbers.length >= 7)) return leftOut('predicted')
  const points = numbers.map((share, i) => onPicture(share, i % 2 === 0 ? size.width : size.height))
  if (points.length < 6) return leftOut('malformed')
  return { kind: 'polygon', defectType, points }
}

function boxOf(numbers: readonly number[], defectType: string, size: Size): DrawnShape | null {
  const [centerX = 0, centerY = 0, shareX = 0, shareY = 0] = numbers
  if (shareX <= 0 || shareY <= 0) return null
  const x = onPicture(centerX - shareX / 2, size.width)
  const y = onPicture(centerY - shareY / 2, size.height)
  const width = onPicture(centerX + shareX / 2, size.width) - x
  const height = onPicture(centerY + shareY / 2, size.height) - y
  return width > 0 && height > 0 ? { kind: 'rectangle', defectType, x, y, width, height } : null
}

/**
 * A share of a side in pixels, to a millionth of one. Shares are rounded when they are written, so an edge of the picture
 * can lie a hair beyond it; up to half a pixel out no pixel has its middle.
 */
function onPicture(share: number, side: number): number {
  const place = Math.round(share * side * 1e6) / 1e6
  if (place < 0 && place > -0.5) return 0
  return place > side && place < side + 0.5 ? side : place
}
