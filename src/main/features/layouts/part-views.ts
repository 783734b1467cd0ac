/**
 * Photographs that are views of one part, by the number of a camera in their names: part_0001_C1.jpg and
 * part_0001_C2.jpg. One of them in training and another in the test would let a model be judged on a part that it knows.
 */
import { folderOf } from './find-masks.ts'
import { sameName, withoutEnding } from './mask-names.ts'

const camera =
  /(^|[ ._-])(?:c|cam|camera|kamera|caméra|camara|view|vue|vista|ansicht|side|seite)[ _-]?\d{1,2}(?=$|[ ._-])/i

/** In Real-IAD all views of a part lie in a folder with its number. */
const folderOfPart = /(?:^|\/)s\d{3,6}$/i

/** The name of each part of which there are several views, by photograph. */
export function partsOf(photographs: readonly string[]): Map<string, string> {
  const views = new Map<string, string[]>()
  for (const file of photographs) {
    const folder = folderOf(file)
    const name = withoutEnding(file.slice(file.lastIndexOf('/') + 1))
    if (!camera.test(name)) continue
    const rest = name
      .replace(camera, '$1')
      .replaceAll(/[ ._-]+/g, '_')
      .replaceAll(/^_|_$/g, '')
    const isFolder = folderOfPart.test(folder)
    // A name that is nothing but a camera says no part.
    if (!isFolder && rest === '') continue
    const part = sameName(isFolder ? folder : folder === '.' ? rest : `${folder}/${rest}`)
    const known = views.get(part)
    if (known) known.push(file)
    else views.set(part, [file])
  }
  const parts = new Map<string, string>()
  for (const [part, files] of views) {
    if (files.length > 1) for (const file of files) parts.set(file, part)
  }
  return parts
}
