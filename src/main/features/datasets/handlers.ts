import { duplicateReportSchema } from '../../../shared/dataset.ts'
import type { Handlers } from '../../contract/dispatch.ts'
import type { HandlerContext } from '../../session/handler-context.ts'
import { datasetSummaries, findDataset, renameDataset } from '../../store/datasets.ts'
import { freezeValidation } from '../../store/frozen.ts'
import { newestResult } from '../../store/jobs.ts'
import { runWorkspaceTask } from '../../threads/run-task.ts'
import { changeImagesTask, splitImagesTask } from './dataset-tasks.ts'
import { compareVersions, restoreVersion, versionsOf } from './dataset-versions.ts'
import { duplicatesPlan } from './duplicates-job.ts'
import { datasetImages } from './grid-task.ts'
import {
  previewRegionOfInterestOfDataset,
  readRegionOfInterestOfRun,
  regionOfInterestOfDataset,
  setRegionOfInterestOfDataset,
} from './regions-of-interest.ts'
import { setWhiteLevelOfDataset, whiteLevelOfDataset } from './white-levels.ts'

export const datasetHandlers = (
  context: HandlerContext,
): Pick<
  Handlers,
  | 'dataset.list'
  | 'dataset.images'
  | 'dataset.change'
  | 'dataset.split'
  | 'dataset.freeze'
  | 'dataset.rename'
  | 'dataset.findDuplicates'
  | 'dataset.duplicates'
  | 'dataset.region'
  | 'dataset.white'
  | 'dataset.setWhite'
  | 'dataset.setRegion'
  | 'dataset.previewRegion'
  | 'run.region'
  | 'version.list'
  | 'version.compare'
  | 'version.restore'
> => ({
  'dataset.list': () => datasetSummaries(context.session().workspace.db),
  'dataset.images': (input) => datasetImages(context.session(), input),
  'dataset.change': async ({ dataset, choice, change, operator }) => {
    const { workspace, events } = context.session()
    const { id, name } = findDataset(workspace.db, dataset)
    const done = await runWorkspaceTask(workspace, changeImagesTask, {
      datasetId: id,
      choice,
      change,
      operator,
    })
    events.emit('dataset.changed', { dataset: name })
    return done
  },
  'dataset.split': async ({ dataset, split, apply, operator }) => {
    const { workspace, events } = context.session()
    const { id, name } = findDataset(workspace.db, dataset)
    const preview = await runWorkspaceTask(workspace, splitImagesTask, {
      datasetId: id,
      split,
      apply,
      operator,
    })
    if (apply) events.emit('dataset.changed', { dataset: name })
    return preview
  },
  'dataset.freeze': ({ dataset, frozen, operator }) => {
    const { workspace, events } = context.session()
    const { id, name } = findDataset(workspace.db, dataset)
    freezeValidation(workspace.db, id, frozen, operator)
    events.emit('dataset.changed', { dataset: name })
    return {}
  },
  'dataset.rename': ({ dataset, name, operator }) => {
    const { workspace, events } = context.session()
    renameDataset(workspace.db, findDataset(workspace.db, dataset).id, name, operator)
    events.emit('dataset.changed', { dataset: name })
    return {}
  },
  'dataset.region': ({ dataset }) => regionOfInterestOfDataset(context.session().workspace, dataset),
  'dataset.setRegion': (request) => {
    const { workspace, events } = context.session()
    const region = setRegionOfInterestOfDataset(workspace, request)
    events.emit('dataset.changed', { dataset: findDataset(workspace.db, request.dataset).name })
    return region
  },
  'dataset.white': ({ dataset }) => whiteLevelOfDataset(context.session().workspace, dataset),
  'dataset.setWhite': async (request) => {
    const { workspace, events } = context.session()
    const white = await setWhiteLevelOfDataset(workspace, request)
    events.emit('dataset.changed', { dataset: findDataset(workspace.db, request.dataset).name })
    return white
  },
  'dataset.previewRegion': (request) =>
    previewRegionOfInterestOfDataset(context.session().workspace, request),
  'dataset.findDuplicates': ({ dataset }) => {
    const session = context.session()
    return { job: session.jobs.start(duplicatesPlan(session, findDataset(session.workspace.db, dataset))).id }
  },
  'dataset.duplicates': ({ dataset }) => {
    const { db } = context.session().workspace
    const { id } = findDataset(db, dataset)
    const newest = newestResult(db, 'duplicates', id)
    const report = duplicateReportSchema.safeParse(newest)
    return report.success ? report.data : null
  },
  'run.region': (request) => readRegionOfInterestOfRun(context.session().workspace, request),
  'version.list': ({ dataset }) => versionsOf(context.session().workspace, dataset),
  'version.compare': (request) => compareVersions(context.session().workspace, request),
  'version.restore': (request) => {
    const { workspace, events } = context.session()
    const made = restoreVersion(workspace, request)
    events.emit('dataset.changed', { dataset: made.datasetId })
    return made
  },
})
