import { resolve } from 'node:path'
import type { Label, Layout, Split } from '../../../shared/image.ts'
import { folderOf, listFolder, place, suggestedName } from './layout.ts'

/** What an import of a folder would do, by the names in it alone. */
export interface FolderPreview {
  folder: string
  layout: Layout
  files: number
  /** Folders inside it with what each would become; without a `split`, the importer draws. */
  groups: { path: string; files: number; split: Split | null; label: Label; defectType: string | null }[]
  masks: number
  suggestedName: string
}

/**
 * Looks at a folder before importing it. Reads no file and writes nothing.
 * @throws Failure those of `listFolder`
 */
export async function previewFolder(
  folder: string,
  layout: Layout | 'auto' = 'auto',
): Promise<FolderPreview> {
  const listing = await listFolder(folder, layout)
  const groups = new Map<string, FolderPreview['groups'][number]>()
  for (const file of listing.files) {
    const path = folderOf(file)
    const group = groups.get(path)
    if (group) {
      group.files++
      continue
    }
    const { split, label, defectType } = place(file, listing.layout)
    groups.set(path, { path, files: 1, split, label, defectType })
  }
  return {
    folder: resolve(folder),
    layout: listing.layout,
    files: listing.files.length,
    groups: [...groups.values()],
    masks: listing.masks.size,
    suggestedName: suggestedName(folder),
  }
}
