/** The white of a dataset's 16-bit photographs: what they show, or what a person set. */
import type { WhiteLevel } from '../../../shared/gray-levels.ts'
import type { Id } from '../../../shared/values.ts'
import { findDataset } from '../../store/datasets.ts'
import { setWhiteLevel, unmeasuredImages, whiteLevelOf } from '../../store/white-levels.ts'
import type { Workspace } from '../../store/workspace.ts'
import { runWorkspaceTask } from '../../threads/run-task.ts'
import { measureGrayLevelsTask } from './dataset-tasks.ts'

/** @throws Failure `dataset-unknown` */
export async function whiteLevelOfDataset(workspace: Workspace, dataset: string): Promise<WhiteLevel> {
  const { id } = findDataset(workspace.db, dataset)
  await measureGrayLevels(workspace, id, 16)
  return whiteLevelOf(workspace.db, id)
}

/** @throws Failure `dataset-unknown` */
export async function setWhiteLevelOfDataset(
  workspace: Workspace,
  { dataset, white, operator }: { dataset: string; white: number | null; operator: string | null },
): Promise<WhiteLevel> {
  setWhiteLevel(workspace.db, findDataset(workspace.db, dataset).id, white, operator)
  return whiteLevelOfDataset(workspace, dataset)
}

/**
 * Measures photographs that were imported before their values were measured at import; those are done at once.
 * @param bitDepth 16: only those that the white depends on; null: all
 */
export async function measureGrayLevels(
  workspace: Workspace,
  datasetId: Id,
  bitDepth: 16 | null,
): Promise<void> {
  if (unmeasuredImages(workspace.db, datasetId, bitDepth).length === 0) return
  await runWorkspaceTask(workspace, measureGrayLevelsTask, { datasetId, bitDepth })
}
