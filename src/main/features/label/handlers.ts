import { resolve } from 'node:path'
import type { Handlers } from '../../contract/dispatch.ts'
import type { HandlerContext } from '../../session/handler-context.ts'
import { annotationOf, defectTypesOf, setDefectTypes } from '../../store/annotations.ts'
import { datasetById, findDataset } from '../../store/datasets.ts'
import { findImage } from '../../store/images.ts'
import { findOrMakeOperator } from '../../store/operators.ts'
import { runsWithMap } from '../../store/scores.ts'
import { runWorkspaceTask } from '../../threads/run-task.ts'
import { exportMasksTask, importMasksTask, readShapesTask, saveAnnotationTask } from './label-tasks.ts'

export const labelHandlers = (
  context: HandlerContext,
): Pick<
  Handlers,
  'label.types' | 'label.setTypes' | 'label.open' | 'label.save' | 'label.export' | 'label.import'
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
  'label.open': async ({ image }) => {
    const { workspace } = context.session()
    const { maskSha256 } = findImage(workspace.db, image)
    const maps = runsWithMap(workspace.db, image)
    const kept = annotationOf(workspace.db, image)
    if (kept) return { shapes: kept.shapes, maps }
    // Only an imported mask must be read, which takes long.
    return {
      shapes: maskSha256 === null ? [] : await runWorkspaceTask(workspace, readShapesTask, { image }),
      maps,
    }
  },
  'label.save': async ({ image, shapes, operator }) => {
    const { workspace, events } = context.session()
    const { db } = workspace
    const before = findImage(db, image)
    const operatorId = operator === null ? null : findOrMakeOperator(db, operator).id
    const saved = await runWorkspaceTask(workspace, saveAnnotationTask, { image, shapes, operatorId })
    const isOther =
      before.label !== saved.label ||
      before.defectType !== saved.defectType ||
      (before.maskSha256 === null) !== (saved.maskSha256 === null)
    // The list of datasets is counted again on this event, so it is sent only if one of its numbers changed.
    if (isOther) events.emit('dataset.changed', { dataset: datasetById(db, before.datasetId)?.name ?? '' })
    return saved
  },
  'label.export': ({ dataset, format, folder }) => {
    const { workspace } = context.session()
    const request = { dataset: findDataset(workspace.db, dataset), format, folder: resolve(folder) }
    return runWorkspaceTask(workspace, exportMasksTask, request)
  },
  'label.import': async ({ dataset, format, folder, invert }) => {
    const { workspace, events } = context.session()
    const found = findDataset(workspace.db, dataset)
    const report = await runWorkspaceTask(workspace, importMasksTask, {
      dataset: found,
      format,
      folder: resolve(folder),
      invert,
      operatorId: null,
    })
    events.emit('dataset.changed', { dataset: found.name })
    return report
  },
})
