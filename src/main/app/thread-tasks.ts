/** The table of all tasks that threads of main can do: one line for each task. */
import { checkAuditTask, exportAuditTask } from '../features/audit/audit-tasks.ts'
import { prepareBackboneTask } from '../features/backbones/add-task.ts'
import { importBackboneTask } from '../features/backbones/import-task.ts'
import { carryOverTask, compareOptionsTask } from '../features/choosing/choice-tasks.ts'
import { compareRunsTask } from '../features/comparison/comparison-task.ts'
import { proposeCurationTask } from '../features/curation/curation-task.ts'
import {
  changeImagesTask,
  findDuplicatesTask,
  measureGrayLevelsTask,
  previewRegionOfInterestTask,
  splitImagesTask,
} from '../features/datasets/dataset-tasks.ts'
import { gridTask } from '../features/datasets/grid-task.ts'
import { opcuaTask } from '../features/delivery/opcua/opcua-task.ts'
import { writeTablesTask } from '../features/export/table-task.ts'
import { importFolderTask } from '../features/import/import-task.ts'
import { previewFolderTask } from '../features/import/preview-task.ts'
import {
  changeTypeTask,
  exportMasksTask,
  importMasksTask,
  readShapesTask,
  saveAnnotationTask,
  undoTypeChangeTask,
  writeMasksTask,
} from '../features/label/label-tasks.ts'
import { acceptUndecidedTask, undoBatchTask } from '../features/review/batch-tasks.ts'
import { writeSampleTask } from '../features/sample/sample-task.ts'
import { evaluateTask } from '../features/scoring/evaluation-task.ts'
import { measureFlaggedRegionsTask } from '../features/scoring/measure-flagged-regions-task.ts'
import { thresholdTask } from '../features/thresholds/threshold-task.ts'
import { pictureFindingsTask } from '../features/training/findings-task.ts'
import { backUpTask } from '../features/workspace/backup-job.ts'
import { verifyTask } from '../features/workspace/verify-task.ts'
import type { ThreadTask } from '../threads/task.ts'
import { displayPictureTask, mapBytesTask, maskPictureTask, thumbnailTask } from './assets/picture-task.ts'

export const threadTasks: readonly ThreadTask[] = [
  acceptUndecidedTask,
  backUpTask,
  carryOverTask,
  changeImagesTask,
  changeTypeTask,
  checkAuditTask,
  compareOptionsTask,
  compareRunsTask,
  displayPictureTask,
  evaluateTask,
  exportAuditTask,
  exportMasksTask,
  findDuplicatesTask,
  gridTask,
  prepareBackboneTask,
  importBackboneTask,
  importFolderTask,
  importMasksTask,
  opcuaTask,
  mapBytesTask,
  maskPictureTask,
  measureFlaggedRegionsTask,
  measureGrayLevelsTask,
  pictureFindingsTask,
  previewFolderTask,
  previewRegionOfInterestTask,
  proposeCurationTask,
  readShapesTask,
  saveAnnotationTask,
  splitImagesTask,
  thresholdTask,
  thumbnailTask,
  undoBatchTask,
  undoTypeChangeTask,
  verifyTask,
  writeMasksTask,
  writeSampleTask,
  writeTablesTask,
]
