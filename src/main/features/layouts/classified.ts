/** The labels that documents of annotation programs give to whole photographs, as rows of a table. */
import type { XmlElement } from '../../platform/xml.ts'
import { cvatImages } from './cvat-images.ts'
import { splitOfFolder } from './folder-roles.ts'
import { labelStudioTasks } from './label-studio-tasks.ts'
import { rowsOf, type TableRow } from './table.ts'

const cellsOf = (file: string, label: string, split = '') => ({
  file,
  label,
  split,
  flag: '',
  mask: '',
  type: '',
})

/** The choices of Label Studio; null for another document. */
export function labelsOfLabelStudio(document: unknown): TableRow[] | null {
  const tasks = labelStudioTasks(document)
  if (tasks === null) return null
  return rowsOf(
    tasks.flatMap(({ address, choices }) =>
      address === null ? [] : choices.map((choice) => cellsOf(address, choice)),
    ),
  )
}

/** The tags of CVAT, and its subsets where they are splits; null for another document. */
export function labelsOfCvat(root: XmlElement): TableRow[] | null {
  const read = cvatImages(root)
  if (read === null) return null
  const splits = new Set(read.map(({ subset }) => splitOfFolder(subset ?? '')))
  splits.delete(null)
  return rowsOf(
    read.flatMap(({ name, subset, tags }) => {
      const split = splits.size > 1 ? (subset ?? '') : ''
      if (tags.length > 0) return tags.map((tag) => cellsOf(name, tag, split))
      return splitOfFolder(split) === null ? [] : [cellsOf(name, '', split)]
    }),
  )
}
