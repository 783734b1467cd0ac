/**
 * The names of the files of an export, one for each photograph: as short as they can be without two photographs sharing
 * one on any system. They depend on the dataset alone, so that an import finds the photograph again.
 */
import { createHash } from 'node:crypto'
import type { Image, Layout } from '../../../shared/image.ts'
import { portableName, portablePath } from '../../platform/portable-name.ts'
import { maskKey } from '../layouts/mask-keys.ts'
import { folded, withoutEnding } from './match-photograph.ts'

/** From the name that people expect to one that no other photograph can have. */
const forms: readonly ((image: Image, short: (image: Image) => string) => string)[] = [
  (image, short) => short(image),
  (image, short) => short(image) + endingOf(image.file),
  ({ file }) => withoutEnding(file),
  ({ file }) => file,
  ({ file, sha256 }) => `${file}-${sha256.slice(0, 12)}`,
  ({ file, sha256 }) =>
    `${createHash('sha256').update(file).digest('hex').slice(0, 12)}-${sha256.slice(0, 12)}`,
]

const endingOf = (file: string): string => file.slice(withoutEnding(file).length)

/** Room for what is added to a name, such as `_mask.png`. */
const longest = 200

/** A path as every system takes it, whose last part has room for an ending. */
function shortened(path: string): string {
  const portable = portablePath(path)
  const name = portable.slice(portable.lastIndexOf('/') + 1)
  if (Buffer.byteLength(name, 'utf8') <= longest) return portable
  const folder = portable.slice(0, portable.length - name.length)
  let cut = ''
  for (const character of name) {
    if (Buffer.byteLength(cut + character, 'utf8') > longest - 13) break
    cut += character
  }
  return `${folder}${cut}-${createHash('sha256').update(path).digest('hex').slice(0, 12)}`
}

/** Names without an ending, by photograph. @param short the name that people expect */
export function exportNames(
  images: readonly Image[],
  short: (image: Image) => string,
): Map<Image['id'], string> {
  const names = new Map<Image['id'], string>()
  const taken = new Set<string>()
  let left = [...images]
  for (const form of forms) {
    const wanted = left.map((image) => ({ image, name: shortened(form(image, short)) }))
    const uses = new Map<string, number>()
    for (const { name } of wanted) uses.set(folded(name), (uses.get(folded(name)) ?? 0) + 1)
    const next: Image[] = []
    for (const { image, name } of wanted) {
      if (uses.get(folded(name)) === 1 && !taken.has(folded(name))) {
        names.set(image.id, name)
        taken.add(folded(name))
      } else next.push(image)
    }
    left = next
  }
  // Two photographs of one path and one content cannot be in one dataset.
  for (const image of left) names.set(image.id, `${image.id}`)
  return names
}

/** Masks below `ground_truth`, without `_mask.png`. */
export const maskNames = (images: readonly Image[], layout: Layout): Map<Image['id'], string> =>
  exportNames(images, ({ file }) => maskKey(file, layout))

/** Of a photograph that lies in no folder, in a folder of its type of defect, as MVTec has it. */
export const typedMaskName = (name: string, type: string | null): string =>
  type === null || name.includes('/') ? name : `${portableName(type.replaceAll('/', '_'))}/${name}`

/** Documents of labelme, without `.json`. */
export const labelmeNames = (images: readonly Image[]): Map<Image['id'], string> =>
  exportNames(images, ({ file }) => withoutEnding(file))
