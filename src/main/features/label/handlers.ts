import { relative, resolve } from 'node:path'
import { failureData } from '../../../shared/failure.ts'
import { refusalCodeSchema } from '../../../shared/import.ts'
import type { TypeChanged } from '../../../shared/label.ts'
import type { Sha256 } from '../../../shared/values.ts'
import type { Handlers } from '../../contract/dispatch.ts'
import type { HandlerContext } from '../../session/handler-context.ts'
import { annotationOf, defectTypesOf, setDefectTypes } from '../../store/annotations.ts'
import { recordAudit } from '../../store/audit.ts'
import { datasetById, findDataset } from '../../store/datasets.ts'
import { blobFormat, findImage } from '../../store/images.ts'
import { findOrMakeOperator } from '../../store/operators.ts'
import { runsWithMap } from '../../store/scores.ts'
import type { TypeChange } from '../../store/type-changes.ts'
import type { Workspace } from '../../store/workspace.ts'
import { runWorkspaceTask } from '../../threads/run-task.ts'
import {
  changeTypeTask,
  exportMasksTask,
  importMasksTask,
  readShapesTask,
  saveAnnotationTask,
  writeMasksTask,
} from './label-tasks.ts'

/** What is wrong with a picture that cannot be read. */
const damaged: ReadonlySet<string> = new Set(refusalCodeSchema.options)

/** Where a mask lies, as a person finds it. */
function maskFile({ db, blobs, path }: Workspace, sha256: Sha256): string {
  const format = blobFormat(db, sha256)
  return format === undefined ? sha256 : relative(path('.'), blobs.path(sha256, format))
}

async function change(
  context: HandlerContext,
  dataset: string,
  request: Omit<TypeChange, 'datasetId'>,
): Promise<TypeChanged> {
  const { workspace, events } = context.session()
  const { id, name } = findDataset(workspace.db, dataset)
  const done = await runWorkspaceTask(workspace, changeTypeTask, { datasetId: id, ...request })
  events.emit('dataset.changed', { dataset: name })
  events.emit('removed.changed', {})
  return done
}

export const labelHandlers = (
  context: HandlerContext,
): Pick<
  Handlers,
  | 'label.types'
  | 'label.setTypes'
  | 'label.renameType'
  | 'label.removeType'
  | 'label.open'
  | 'label.save'
  | 'label.export'
  | 'label.import'
  | 'label.writeMasks'
> => ({
  'label.types': ({ dataset }) => {
    const { db } = context.session().workspace
    return defectTypesOf(db, findDataset(db, dataset).id)
  },
  'label.setTypes': ({ dataset, types }) => {
    const { db } = context.session().workspace
    const { id } = findDataset(db, dataset)
    setDefectTypes(db, id, types)
    return defectTypesOf(db, id)
  },
  'label.renameType': ({ dataset, type, name, operator }) =>
    change(context, dataset, { kind: 'rename', name: type, becomes: name, operator }),
  'label.removeType': ({ dataset, type, into, operator }) =>
    change(context, dataset, { kind: 'remove', name: type, becomes: into, operator }),
  'label.open': async ({ image }) => {
    const { workspace } = context.session()
    const { maskSha256, label, defectType } = findImage(workspace.db, image)
    const verdict = { label, defectType }
    const maps = runsWithMap(workspace.db, image)
    const kept = annotationOf(workspace.db, image)
    if (kept) return { shapes: kept.shapes, verdict, maps, damagedMask: null }
    if (maskSha256 === null) return { shapes: [], verdict, maps, damagedMask: null }
    try {
      // Only an imported mask must be read, which takes long.
      const shapes = await runWorkspaceTask(workspace, readShapesTask, { image })
      return { shapes, verdict, maps, damagedMask: null }
    } catch (error) {
      if (!damaged.has(failureData(error).code)) throw error
      return { shapes: [], verdict, maps, damagedMask: maskFile(workspace, maskSha256) }
    }
  },
  'label.save': async ({ image, shapes, verdict, unmasked, operator }) => {
    const { workspace, events } = context.session()
    const { db } = workspace
    const before = findImage(db, image)
    const operatorId = operator === null ? null : findOrMakeOperator(db, operator).id
    const saved = await runWorkspaceTask(workspace, saveAnnotationTask, {
      image,
      shapes,
      verdict,
      unmasked,
      operatorId,
    })
    const isOther =
      before.label !== saved.label ||
      before.defectType !== saved.defectType ||
      (before.maskSha256 === null) !== (saved.maskSha256 === null)
    // The list of datasets is counted again on this event, so it is sent only if one of its numbers changed.
    if (isOther) events.emit('dataset.changed', { dataset: datasetById(db, before.datasetId)?.name ?? '' })
    return saved
  },
  'label.export': async ({ dataset, format, folder }) => {
    const { workspace } = context.session()
    const request = { dataset: findDataset(workspace.db, dataset), format, folder: resolve(folder) }
    const written = await runWorkspaceTask(workspace, exportMasksTask, request)
    const detail = { format, to: request.folder }
    recordAudit(workspace.db, { action: 'export.written', dataset: request.dataset.name, detail })
    return written
  },
  'label.import': async ({ dataset, format, folder, invert, operator }) => {
    const { workspace, events } = context.session()
    const found = findDataset(workspace.db, dataset)
    const report = await runWorkspaceTask(workspace, importMasksTask, {
      dataset: found,
      format,
      folder: resolve(folder),
      invert,
      operatorId: typeof operator === 'string' ? findOrMakeOperator(workspace.db, operator).id : null,
    })
    recordAudit(workspace.db, {
      action: 'masks.imported',
      dataset: found.name,
      detail: { format, from: resolve(folder), images: report.images },
    })
    events.emit('dataset.changed', { dataset: found.name })
    return report
  },
  'label.writeMasks': () => runWorkspaceTask(context.session().workspace, writeMasksTask, {}),
})
