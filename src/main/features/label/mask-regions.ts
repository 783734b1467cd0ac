/** The areas of a mask as shapes: one for each class that a list names, and one for all others together. */
import { cleanDefectType, type Shape } from '../../../shared/label.ts'
import { type Message, message } from '../../../shared/messages/message.ts'
import { regionShapesOf } from '../../../shared/region-shape.ts'
import { classTexts, type MaskReading } from '../../images/mask.ts'
import type { ClassNames } from './class-names.ts'
import { meaningOf } from './label-words.ts'

/**
 * @param type the defect type of what no list names
 * @returns messages of the topic `warning` beside the shapes
 */
export function maskRegions(
  { mask, classes, classOf }: MaskReading,
  type: string,
  nameOf: ClassNames,
): { shapes: Shape[]; notes: Message[] } {
  const notes: Message[] = []
  const names = classes.map((found) => nameOf(found))
  const unnamed = classes.filter((_, i) => names[i] === null)
  if (unnamed.length > 1) notes.push(message('mask-classes', { classes: classTexts(unnamed) }))
  const shapes = classes.flatMap((_, i): Shape[] => {
    const name = names[i] ?? null
    // Those without a name are one area, which the first of them stands for.
    if (name === null && i > names.indexOf(null)) return []
    if (name !== null && meaningOf(name) !== 'defect') {
      notes.push(message('mask-class-left-out', { name }))
      return []
    }
    const isOwn = (index: number): boolean => {
      const found = classOf[index] ?? 0
      return name === null ? found > 0 && names[found - 1] === null : found === i + 1
    }
    return regionShapesOf(mask, isOwn, name === null ? type : (cleanDefectType(name) ?? type))
  })
  return { shapes, notes }
}
