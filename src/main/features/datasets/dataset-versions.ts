/** Makes, compares and restores versions of a dataset's training images. */

import type { CurationProposal, DatasetVersion, VersionDifference } from '../../../shared/curation.ts'
import { Failure } from '../../../shared/failure.ts'
import type { Image } from '../../../shared/image.ts'
import type { Run } from '../../../shared/run.ts'
import type { ImageId } from '../../../shared/values.ts'
import { recordAudit } from '../../store/audit.ts'
import type { Database } from '../../store/database.ts'
import {
  createVersion,
  digestOfImages,
  findVersion,
  imagesOfVersion,
  listVersions,
} from '../../store/dataset-versions.ts'
import { datasetById, findDataset } from '../../store/datasets.ts'
import { imageById } from '../../store/images.ts'
import { findOrMakeOperator } from '../../store/operators.ts'
import { findRun } from '../../store/runs.ts'
import type { Workspace } from '../../store/workspace.ts'
import { readTrainingList } from '../runs/training-images.ts'

type FirstImages = Awaited<ReturnType<typeof readTrainingList>>['train']

const reasonOfFirst = (run: Pick<Run, 'id'>): string => `The training images of run ${run.id}`

/**
 * The first version of a dataset: the images that the run was trained on, as they were imported. It is made when a
 * person first learns from it or changes it; until then `foreseenVersion` says what it would be.
 */
export async function baseVersion(workspace: Workspace, run: Run): Promise<DatasetVersion> {
  const { db } = workspace
  const list = await readTrainingList(workspace, run)
  return db.transaction(() => listVersions(db, run.datasetId).at(-1) ?? makeFirst(db, run, list.train))
}

const makeFirst = (db: Database, run: Pick<Run, 'id' | 'datasetId'>, images: FirstImages): DatasetVersion =>
  createVersion(db, {
    datasetId: run.datasetId,
    parentId: null,
    operatorId: null,
    reason: reasonOfFirst(run),
    images,
  })

/**
 * The first version as it would be made of the run, with its images; nothing is stored. Its id is that of the run.
 * @throws Failure `run-incomplete`
 */
export async function foreseenVersion(
  workspace: Workspace,
  run: Run,
): Promise<{ version: DatasetVersion; images: ImageId[] }> {
  const { train } = await readTrainingList(workspace, run)
  const version: DatasetVersion = {
    id: run.id,
    datasetId: run.datasetId,
    number: 1,
    parentId: null,
    createdAt: run.createdAt,
    operator: null,
    reason: reasonOfFirst(run),
    images: train.length,
    sha256: digestOfImages(train),
  }
  return { version, images: train.map(({ id }) => id) }
}

export interface Confirmation {
  /** Candidates that a person adds although they are marked. */
  include: readonly ImageId[]
  /** Images that a person leaves out although they are proposed or in the set. */
  exclude: readonly ImageId[]
  operator: string
  reason: string
}

/**
 * Makes the next version, after a person has looked at the proposal; also the first one, where there is none yet.
 * @throws Failure `reason-missing`, `not-a-candidate`, `proposal-outdated`, `nothing-changed`, `version-empty`
 */
export async function confirmCuration(
  workspace: Workspace,
  proposal: CurationProposal,
  { include, exclude, operator, reason }: Confirmation,
): Promise<DatasetVersion> {
  const { db } = workspace
  requireReason(reason, 'version')
  const candidates = new Map(proposal.candidates.map((candidate) => [candidate.image, candidate]))
  for (const image of include) {
    const candidate = candidates.get(image)
    if (candidate?.allowed) continue
    throw candidate === undefined
      ? new Failure('not-a-candidate', { image })
      : new Failure('not-a-candidate', { case: 'held-out-copy', image, other: candidate.duplicateOf })
  }
  const run = findRun(db, proposal.run)
  const first = proposal.base.id === run.id ? (await readTrainingList(workspace, run)).train : null
  return db.transaction(() => {
    const newest = listVersions(db, proposal.base.datasetId)[0]
    const base = newest === undefined && first !== null ? makeFirst(db, run, first) : newest
    if (base === undefined || (newest !== undefined && newest.id !== proposal.base.id)) {
      throw new Failure('proposal-outdated', { version: newest?.number ?? null })
    }
    const present = imagesOfVersion(db, base.id)
    const chosen = chosenImages(proposal, present, { include, exclude })
    return nextVersion(workspace, base, chosen, { operator, reason })
  })
}

/**
 * Makes a new version with the images of an older one; nothing is overwritten.
 * @throws Failure `version-unknown`
 */
export function restoreVersion(
  workspace: Workspace,
  request: { dataset: string; number: number; operator: string; reason: string },
): DatasetVersion {
  const { db } = workspace
  requireReason(request.reason, 'version')
  const dataset = findDataset(db, request.dataset)
  return db.transaction(() => {
    const old = findVersion(db, dataset.id, request.number)
    const newest = listVersions(db, dataset.id)[0] ?? old
    return nextVersion(workspace, newest, imagesOfVersion(db, old.id), request)
  })
}

function nextVersion(
  { db }: Workspace,
  parent: DatasetVersion,
  ids: readonly ImageId[],
  { operator, reason }: { operator: string; reason: string },
): DatasetVersion {
  const images = ids.flatMap((id): Image[] => {
    const image = imageById(db, id)
    return image === undefined ? [] : [image]
  })
  const made = createVersion(db, {
    datasetId: parent.datasetId,
    parentId: parent.id,
    operatorId: findOrMakeOperator(db, operator).id,
    reason: reason.trim(),
    images,
  })
  if (made.sha256 === parent.sha256) {
    throw new Failure('nothing-changed', { version: parent.number })
  }
  recordAudit(db, {
    action: 'dataset.curated',
    operator: made.operator,
    dataset: datasetById(db, made.datasetId)?.name ?? made.datasetId,
    detail: {
      version: made.number,
      from: parent.number,
      images: made.images,
      sha256: made.sha256,
      reason: made.reason,
    },
  })
  return made
}

/** The images of the new version: the proposal with a person's changes. */
function chosenImages(
  proposal: CurationProposal,
  present: readonly number[],
  changes: { include: readonly number[]; exclude: readonly number[] },
): number[] {
  const exclude = new Set(changes.exclude)
  const include = new Set(changes.include)
  const removed = new Set(proposal.removals.map(({ image }) => image))
  const added = proposal.candidates.filter(({ image, proposed }) => proposed || include.has(image))
  return [...present.filter((id) => !removed.has(id)), ...added.map(({ image }) => image)].filter(
    (id) => !exclude.has(id),
  )
}

/**
 * Images that only the second version has, and images that only the first has.
 * @throws Failure `version-unknown`
 */
export function compareVersions(
  { db }: Workspace,
  request: { dataset: string; a: number; b: number },
): VersionDifference {
  const dataset = findDataset(db, request.dataset)
  const a = findVersion(db, dataset.id, request.a)
  const b = findVersion(db, dataset.id, request.b)
  const before = new Set(imagesOfVersion(db, a.id))
  const after = new Set(imagesOfVersion(db, b.id))
  const named = (id: ImageId) => ({ image: id, file: imageById(db, id)?.file ?? '' })
  const added = [...after].filter((id) => !before.has(id))
  return {
    a,
    b,
    added: added.map(named),
    removed: [...before].filter((id) => !after.has(id)).map(named),
    kept: after.size - added.length,
  }
}

/** @throws Failure `reason-missing` */
export function requireReason(reason: string | null, what: 'version' | 'promotion' | 'rollback'): void {
  if (reason !== null && reason.trim() !== '') return
  throw new Failure('reason-missing', { case: what })
}

export const versionsOf = ({ db }: Workspace, dataset: string): DatasetVersion[] =>
  listVersions(db, findDataset(db, dataset).id)
