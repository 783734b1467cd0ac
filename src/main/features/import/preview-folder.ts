/** What an import of a folder would do, short enough for a window. */
import { basename, resolve } from 'node:path'
import type { FolderPreview } from '../../../shared/import.ts'
import type { ImportPlan, PlannedPhotograph } from '../../../shared/import-plan.ts'
import { sampleRangeSchema } from '../../../shared/sample-range.ts'
import { folderOf } from '../layouts/find-masks.ts'
import { type PlanOptions, planFolder } from '../layouts/plan.ts'

/** As many folders, pairs and files as a person may want to look through; the counts beside them are whole. */
const mostInWindow = { groups: 500, pairs: 50, documents: 50, leftOut: 200, notes: 200 }

/** A name for the dataset of a folder. */
export const suggestedName = (folder: string): string =>
  basename(resolve(folder)).replace(/[_-]+/g, ' ').trim().slice(0, 100) || 'dataset'

/**
 * Looks at a folder before importing it. Writes nothing.
 * @throws Failure those of `planFolder`
 */
export const previewFolder = async (folder: string, options: PlanOptions = {}): Promise<FolderPreview> =>
  previewOf(await planFolder(folder, options), mostInWindow)

type Most = typeof mostInWindow
const all: Most = {
  groups: Infinity,
  pairs: Infinity,
  documents: Infinity,
  leftOut: Infinity,
  notes: Infinity,
}

/** @param bounds how long its lists may be; null for all of them */
export function previewOf(plan: ImportPlan, bounds: Most | null): FolderPreview {
  const most = bounds ?? all
  const { folder, photographs, documents, leftOut, notes } = plan
  const groups = groupsOf(photographs)
  const masked = photographs.filter(({ masks }) => masks.length > 0)
  return {
    folder,
    layout: plan.layout,
    recognized: plan.recognized,
    files: photographs.length,
    groups: groups.slice(0, most.groups),
    groupCount: groups.length,
    masks: masked.reduce((sum, { masks }) => sum + masks.length, 0),
    unlabeled: photographs.filter(({ label }) => label === 'unlabeled').length,
    pairs: masked.slice(0, most.pairs).map(({ file, masks }) => ({ file, masks: masks.slice(0, 20) })),
    documents: documents.slice(0, most.documents),
    documentCount: documents.length,
    leftOut: leftOut.slice(0, most.leftOut),
    leftOutCount: leftOut.length,
    notes: notes.slice(0, most.notes),
    noteCount: notes.length,
    rangeNeeded: rangeNeeded(plan),
    passedOver: plan.passedOver,
    suggestedName: suggestedName(folder),
  }
}

function rangeNeeded({ notes }: ImportPlan): FolderPreview['rangeNeeded'] {
  const note = notes.find(({ code }) => code === 'sample-range-needed')
  const seen = sampleRangeSchema.safeParse(note?.params)
  return note && seen.success ? { file: note.file, seen: seen.data } : null
}

function groupsOf(photographs: readonly PlannedPhotograph[]): FolderPreview['groups'] {
  const groups = new Map<string, FolderPreview['groups'][number]>()
  const groupOf = (path: string, values: Omit<FolderPreview['groups'][number], 'path'>) => {
    const known = groups.get(path)
    if (known) return known
    const made = { path, ...values }
    groups.set(path, made)
    return made
  }
  for (const { file, split, label, defectType, masks } of photographs) {
    const values = {
      files: 0,
      holds: 'photographs',
      split,
      label,
      defectType,
      mixed: false,
      masked: 0,
    } as const
    const group = groupOf(folderOf(file), values)
    group.files += 1
    group.masked += masks.length > 0 ? 1 : 0
    group.mixed ||= group.split !== split || group.label !== label || group.defectType !== defectType
  }
  for (const { file, masks } of photographs) {
    for (const mask of masks) {
      const path = folderOf(mask)
      if (path === folderOf(file)) continue
      const values = {
        files: 0,
        holds: 'masks',
        split: null,
        label: 'unlabeled',
        defectType: null,
        mixed: false,
        masked: 0,
      } as const
      const group = groupOf(path, values)
      if (group.holds !== 'masks') continue
      group.files += 1
      group.masked += 1
    }
  }
  // In the order of the import, with the folders of masks at the end.
  return [...groups.values()]
}
