/**
 * The text files of YOLO: a file of labels for each photograph, told by its lines, and the lists that name the classes
 * and say the splits.
 */
import { withBytes } from '../../images/byte-source.ts'
import { ImageRefusal } from '../../images/refusal.ts'
import { isPictureFolder, maskRole } from './folder-roles.ts'
import { sameName, withoutEnding } from './mask-names.ts'

/** Whether a file can be a list of YOLO: `classes.txt`, `obj.names`, `data.yaml` or `obj.data`. */
export const isYoloList = (file: string): boolean =>
  /(?:^|\/)(?:classes\.txt|[^/]+\.names|[^/]+\.ya?ml|obj\.data)$/i.test(file)

export interface YoloLine {
  /** The number of its class, from 0 on. */
  class: number
  /** A box (center, width, height) or corners, each a share of the picture's width or height. */
  numbers: number[]
}

const classNumber = /^\d{1,6}(?:\.0+)?$/
const decimal = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d{1,3})?$/i

/** Null for a line of another kind. */
export function yoloLine(line: string): YoloLine | null {
  const [first = '', ...rest] = line.trim().split(/\s+/)
  if (rest.length < 4 || !classNumber.test(first)) return null
  return rest.every((number) => decimal.test(number))
    ? { class: Number(first), numbers: rest.map(Number) }
    : null
}

/** Shares of a picture may lie a little outside of it; pixels are far larger. */
export const isNormalized = ({ numbers }: YoloLine): boolean =>
  numbers.every((number) => number >= -1 && number <= 2)

/** `labels`: nothing else; `maybe`: some of its lines are; `empty`: there is no line. */
export type YoloText = 'labels' | 'maybe' | 'empty' | 'other'

/** As much of a file as tells what its lines are. */
const headBytes = 8192

export function yoloText(path: string): YoloText {
  try {
    return withBytes(path, (bytes): YoloText => {
      const isWhole = bytes.size <= headBytes
      const text = bytes
        .read(0, headBytes)
        .toString('utf8')
        .replace(/^\ufeff/, '')
      // The last number may be cut.
      const lines = (isWhole ? text : text.replace(/\S*$/, ''))
        .split(/\r?\n/)
        .filter((line) => /\S/.test(line))
      if (lines.length === 0) return isWhole ? 'empty' : 'other'
      const read = lines.map(yoloLine)
      if (read.every((line) => line !== null && isNormalized(line))) return 'labels'
      return read.some((line) => line !== null) ? 'maybe' : 'other'
    })
  } catch (error) {
    if (error instanceof ImageRefusal) return 'other'
    throw error
  }
}

/**
 * What a photograph and its labels have in common: images/train/1.png, labels/train/1.txt, train/images/1.png and
 * train/labels/1.txt all give train/1.
 */
export const yoloPlace = (file: string): string => sameName(writtenPlace(file))

function writtenPlace(file: string): string {
  const parts = file.split('/')
  const name = withoutEnding(parts.at(-1) ?? '')
  const folders = parts.slice(0, -1).filter((part) => !isPictureFolder(part) && maskRole(part) === null)
  return [...folders, name].join('/').normalize('NFC')
}

/**
 * Finds the one item that has the place of a file; null where none has, or several. Of A.png and a.png in one folder,
 * A.txt means the first.
 */
export function placeFinder<T>(items: readonly T[], fileOf: (item: T) => string): (file: string) => T | null {
  const written = new Map<string, T | null>()
  const folded = new Map<string, T | null>()
  const add = (places: Map<string, T | null>, place: string, item: T): void =>
    void places.set(place, places.has(place) ? null : item)
  for (const item of items) {
    add(written, writtenPlace(fileOf(item)), item)
    add(folded, yoloPlace(fileOf(item)), item)
  }
  return (file) => {
    const found = written.get(writtenPlace(file))
    return found === undefined ? (folded.get(yoloPlace(file)) ?? null) : found
  }
}
