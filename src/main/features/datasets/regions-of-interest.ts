/** The region of interest of a dataset, and that of a run, which stays as it was when the run was made. */
import { z } from 'zod'
import { Failure } from '../../../shared/failure.ts'
import type { RegionOfInterest, RegionOfInterestPreview } from '../../../shared/region-of-interest.ts'
import type { Run } from '../../../shared/run.ts'
import type { Id, ImageId } from '../../../shared/values.ts'
import { drawn, shareOf } from '../../images/region-of-interest.ts'
import { datasetSummary, findDataset } from '../../store/datasets.ts'
import { regionOfInterestOf, setRegionOfInterest } from '../../store/regions-of-interest.ts'
import { findRun } from '../../store/runs.ts'
import type { Workspace } from '../../store/workspace.ts'
import { runWorkspaceTask } from '../../threads/run-task.ts'
import { readTrainingList } from '../runs/training-images.ts'
import { previewRegionOfInterestTask } from './dataset-tasks.ts'

/** A drawn region of less than this share of the photographs is taken for a mistake. */
const leastShare = 0.005
/** Side in pixels of the picture on which the share of a drawn region is measured. */
const measuredSide = 400

export const regionOfInterestOfDataset = ({ db }: Workspace, dataset: string): RegionOfInterest =>
  regionOfInterestOf(db, findDataset(db, dataset).id)

/** @throws Failure `dataset-unknown`, `region-too-small` */
export function setRegionOfInterestOfDataset(
  { db }: Workspace,
  request: { dataset: string; region: RegionOfInterest; operator: string | null },
): RegionOfInterest {
  const { region, operator } = request
  const dataset = findDataset(db, request.dataset)
  if (region.kind === 'drawn' && shareOf(drawn(region.polygons, measuredSide, measuredSide)) < leastShare) {
    throw new Failure('region-too-small', { percent: 100 * leastShare })
  }
  setRegionOfInterest(db, dataset.id, region, operator)
  return region
}

/** @throws Failure `dataset-unknown`, `image-unknown` */
export function previewRegionOfInterestOfDataset(
  workspace: Workspace,
  request: { dataset: string; region: RegionOfInterest; images: ImageId[] },
): Promise<RegionOfInterestPreview[]> {
  const dataset = findDataset(workspace.db, request.dataset)
  const channels = datasetSummary(workspace.db, dataset).channels ?? 1
  return runWorkspaceTask(workspace, previewRegionOfInterestTask, {
    datasetId: dataset.id,
    channels,
    region: request.region,
    images: request.images,
  })
}

const channelsOf = (run: Run): 1 | 3 =>
  z.object({ channels: z.literal([1, 3]).default(1) }).parse(run.config).channels

/** Regions of interest of runs that were asked for, by workspace. That of a run never changes. */
const known = new WeakMap<Workspace, Map<Id, RegionOfInterest>>()

async function regionOfInterestOfRun(workspace: Workspace, run: Run): Promise<RegionOfInterest> {
  const ofRuns = known.get(workspace) ?? new Map<Id, RegionOfInterest>()
  known.set(workspace, ofRuns)
  const region = ofRuns.get(run.id) ?? (await readTrainingList(workspace, run)).regionOfInterest
  ofRuns.set(run.id, region)
  return region
}

/** @throws Failure `run-unknown`, `run-incomplete`, `image-unknown` */
export async function readRegionOfInterestOfRun(
  workspace: Workspace,
  { run: text, image }: { run: string; image: ImageId | null },
): Promise<{ region: RegionOfInterest; preview: RegionOfInterestPreview | null }> {
  const run = findRun(workspace.db, text)
  const region = await regionOfInterestOfRun(workspace, run)
  if (image === null) return { region, preview: null }
  if (region.kind === 'none') return { region, preview: { image, inside: null, share: 1 } }
  const [preview = null] = await runWorkspaceTask(workspace, previewRegionOfInterestTask, {
    datasetId: run.datasetId,
    channels: channelsOf(run),
    region,
    images: [image],
  })
  return { region, preview }
}
