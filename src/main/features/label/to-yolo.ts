/**
 * Writes YOLO: a text file for each photograph with a line for each object, and `data.yaml` with the names of the classes
 * and the photographs of each split. The photographs belong in `images`, as their labels lie in `labels`.
 */
import { stringify } from 'yaml'
import type { Split } from '../../../shared/image.ts'
import { boxAround, type MaskPolygon } from './mask-polygons.ts'

/** So many decimals of a share give back a coordinate to a millionth of a pixel. */
const decimals = 12

const share = (place: number, side: number): string => String(Number((place / side).toFixed(decimals)))

/** What YOLO calls the splits. Live parts are no part of a data set. */
const splitNames = { train: 'train', validation: 'val', test: 'test', live: null } as const

export const yoloList = 'data.yaml'

/** @param kind `outlines` for segmentation, `boxes` for detection */
export function yoloWriter(kind: 'outlines' | 'boxes') {
  const types: string[] = []
  const numberOf = (type: string): number => {
    const known = types.indexOf(type)
    return known >= 0 ? known : types.push(type) - 1
  }
  const outline = ({ points }: MaskPolygon, width: number, height: number): string[] =>
    points.map((place, i) => share(place, i % 2 === 0 ? width : height))
  const box = (polygon: MaskPolygon, width: number, height: number): string[] => {
    const { left, top, right, bottom } = boxAround(polygon)
    return [
      share((left + right) / 2, width),
      share((top + bottom) / 2, height),
      share(right - left, width),
      share(bottom - top, height),
    ]
  }
  return {
    /** The content of the labels of one photograph. */
    lines(polygons: readonly MaskPolygon[], width: number, height: number): string {
      const written = kind === 'boxes' ? box : outline
      return polygons
        .map((polygon) => [numberOf(polygon.defectType), ...written(polygon, width, height)].join(' '))
        .map((line) => `${line}\n`)
        .join('')
    },
    /**
     * `data.yaml` and the lists that it names.
     * @param images the photographs of the data set, good ones too, which have no labels
     */
    lists(images: readonly { file: string; split: Split }[]): { name: string; content: string }[] {
      const bySplit = Map.groupBy(images, ({ split }) => splitNames[split])
      const lists = Object.values(splitNames).flatMap((split) => {
        const own = split === null ? undefined : bySplit.get(split)
        if (split === null || own === undefined) return []
        return [
          { split, name: `${split}.txt`, content: own.map(({ file }) => `./images/${file}\n`).join('') },
        ]
      })
      const document = {
        path: '.',
        ...Object.fromEntries(lists.map(({ split, name }) => [split, name])),
        names: Object.fromEntries(types.entries()),
      }
      return [{ name: yoloList, content: stringify(document) }, ...lists]
    },
  }
}
