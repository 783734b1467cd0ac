/**
 * Proposes which of the parts that operators accepted should be learned from next. It only proposes; a person
 * confirms what is used. Live parts may be learned from. Validation and test images, and pictures nearly equal to one
 * of the dataset's, are never proposed, because an image that was learned from can no longer test a model.
 */
import { z } from 'zod'
import type { CurationCandidate, CurationMark, CurationProposal } from '../../../shared/curation.ts'
import type { Dataset } from '../../../shared/dataset.ts'
import { elementAt } from '../../../shared/element-at.ts'
import type { Image } from '../../../shared/image.ts'
import { imageIdSchema } from '../../../shared/values.ts'
import { describer, likeness, nearlySame } from '../../images/likeness.ts'
import type { Database } from '../../store/database.ts'
import { imagesOfVersion, listVersions } from '../../store/dataset-versions.ts'
import { datasetById } from '../../store/datasets.ts'
import { imageById, listImages } from '../../store/images.ts'
import { findRun } from '../../store/runs.ts'
import { scoreOf } from '../../store/scores.ts'
import type { Workspace } from '../../store/workspace.ts'
import { foreseenVersion } from '../datasets/dataset-versions.ts'
import { cellsOf } from '../datasets/picture-cells.ts'

/** The share of the accepted parts, those with the highest scores, that are marked for a second look. */
const highestShare = 0.05

/**
 * A score above this percentile of the normal validation images is marked as high, however many parts were accepted.
 */
const highPercentile = 99

/** The parts of one day and group may number at most so many times the median over days and groups. */
const fairShare = 2

interface Accepted {
  image: Image
  operator: string
  disputed: boolean
}

export interface CurationContext {
  onProgress?: (progress: { done: number; total: number }) => void
}

/** @throws Failure `run-unknown` */
export async function proposeCuration(
  workspace: Workspace,
  request: { run: string },
  { onProgress }: CurationContext = {},
): Promise<CurationProposal> {
  const { db } = workspace
  const run = findRun(db, request.run)
  const dataset = datasetOf(db, run.datasetId)
  const newest = listVersions(db, dataset.id)[0]
  const { version: base, images } = newest
    ? { version: newest, images: imagesOfVersion(db, newest.id) }
    : await foreseenVersion(workspace, run)
  const inSet = images.flatMap((id) => imageById(db, id) ?? [])
  const present = new Set(inSet.map(({ sha256 }) => sha256))

  const accepted = acceptedImages(db)
  const heldOut = accepted.filter(({ image }) => isHeldOut(db, dataset, image))
  const fresh = withoutCopies(
    accepted.filter(({ image }) => !isHeldOut(db, dataset, image) && !present.has(image.sha256)),
  )
  const held = (['validation', 'test'] as const).flatMap((split) =>
    listImages(db, { datasetId: dataset.id, split }),
  )
  const cells = await looksOf(workspace, [...inSet, ...held, ...fresh.map(({ image }) => image)], onProgress)
  const describe = describer(inSet.flatMap(({ sha256 }) => cells.get(sha256) ?? []))
  const described = ({ id, sha256 }: Image): Described => {
    const own = cells.get(sha256)
    return { id, look: own && describe(own) }
  }

  const rows = fresh.map(({ image, operator, disputed }) => ({
    image,
    operator,
    disputed,
    score: scoreOf(db, run.id, image.id),
  }))
  const limit = highLimit(rows.flatMap(({ score }) => score?.score ?? []))
  const judging = held.map(described)
  const seen = inSet.map(described)
  const candidates: CurationCandidate[] = []
  for (const { image, operator, disputed, score } of rows) {
    const own = described(image)
    const leak = twinOf(own.look, judging)
    const twin = twinOf(own.look, seen)
    const marks: CurationMark[] = []
    if (score && (score.score >= limit || (score.calibrated ?? 0) >= highPercentile)) marks.push('high-score')
    if (disputed) marks.push('disagreement')
    if (leak !== null) marks.push('held-out-duplicate')
    else if (twin !== null) marks.push('near-duplicate')
    candidates.push({
      image: image.id,
      file: image.file,
      dataset: datasetOf(db, image.datasetId).name,
      day: dayOf(image),
      partGroup: image.partGroup,
      score: score?.score ?? null,
      calibrated: score?.calibrated ?? null,
      operator,
      hasMap: score !== undefined && score.mapFile !== null,
      marks,
      duplicateOf: leak ?? twin,
      proposed: marks.length === 0,
      allowed: leak === null,
    })
    if (leak === null && twin === null) seen.push(own)
  }
  keepBalance(candidates)
  return {
    run: run.id,
    dataset: dataset.name,
    base,
    candidates,
    removals: removalsFrom(db, dataset, inSet),
    balance: balanceOf(inSet, candidates),
    heldOut: heldOut.length,
  }
}

function datasetOf(db: Database, id: string): Dataset {
  const dataset = datasetById(db, id)
  if (dataset) return dataset
  throw new Error(`There is no dataset ${id}, and foreign keys are kept.`)
}

/**
 * Whether an image with these bytes is in the validation or test split of the dataset, or of another one that models
 * are made of. Folders that were only scored have no such splits, whatever their photographs are filed as.
 */
export const isHeldOut = (
  db: Database,
  dataset: Pick<Dataset, 'id'>,
  image: Pick<Image, 'sha256'>,
): boolean =>
  db.get(
    z.object({}),
    `SELECT 1 FROM image WHERE sha256 = $sha256 AND split IN ('validation', 'test')
       AND (dataset_id = $dataset OR EXISTS (SELECT 1 FROM run WHERE run.dataset_id = image.dataset_id)) LIMIT 1`,
    { sha256: image.sha256, dataset: dataset.id },
  ) !== undefined

/** Images on which the standing decision is accept, in the order of their import. */
function acceptedImages(db: Database): Accepted[] {
  const rows = db.all(
    z.object({ image: imageIdSchema, operator: z.string(), opinions: z.int() }),
    `SELECT decision.image_id AS image, operator.name AS operator,
       (SELECT count(DISTINCT other.decision) FROM decision AS other
        WHERE other.image_id = decision.image_id AND other.undone_at IS NULL
          AND other.id = (SELECT max(own.id) FROM decision AS own WHERE own.image_id = other.image_id
            AND own.operator_id = other.operator_id AND own.undone_at IS NULL)) AS opinions
     FROM decision JOIN operator ON operator.id = decision.operator_id
     WHERE decision.decision = 'accept' AND decision.id = (
       SELECT max(d.id) FROM decision AS d WHERE d.image_id = decision.image_id AND d.undone_at IS NULL)
     ORDER BY decision.image_id`,
    {},
  )
  return rows.flatMap(({ image: id, operator, opinions }) => {
    const image = imageById(db, id)
    if (image === undefined || image.removedAt !== null || image.label === 'anomalous') return []
    return [{ image, operator, disputed: opinions > 1 }]
  })
}

/** Keeps one of several images with the same bytes, which different datasets may hold. */
function withoutCopies(accepted: readonly Accepted[]): Accepted[] {
  const seen = new Set<string>()
  return accepted.filter(({ image }) => {
    if (seen.has(image.sha256)) return false
    seen.add(image.sha256)
    return true
  })
}

/** Descriptions of what pictures look like, by the hash of their bytes. */
async function looksOf(
  workspace: Workspace,
  images: readonly Image[],
  onProgress: CurationContext['onProgress'],
): Promise<Map<string, Uint16Array>> {
  const known = new Map<string, Uint16Array>()
  for (const [done, image] of images.entries()) {
    if (!known.has(image.sha256)) known.set(image.sha256, await cellsOf(workspace, image))
    onProgress?.({ done: done + 1, total: images.length })
  }
  return known
}

interface Described {
  id: number
  look: Float32Array | undefined
}

/** The picture most similar to this one, if it is nearly the same; else null. */
function twinOf(look: Float32Array | undefined, others: readonly Described[]): number | null {
  if (look === undefined) return null
  let best: { id: number; alike: number } | null = null
  for (const other of others) {
    if (other.look === undefined) continue
    const alike = likeness(look, other.look)
    if (alike >= nearlySame && (best === null || alike > best.alike)) best = { id: other.id, alike }
  }
  return best?.id ?? null
}

/** The score at and above which an accepted part is among the highest. */
function highLimit(scores: readonly number[]): number {
  const sorted = [...scores].sort((a, b) => b - a)
  const count = Math.floor(sorted.length * highestShare)
  return sorted[count - 1] ?? Number.POSITIVE_INFINITY
}

const dayOf = ({ importedAt }: Image): string => new Date(importedAt).toISOString().slice(0, 10)
const bucketOf = ({ day, partGroup }: { day: string; partGroup: string | null }): string =>
  `${day} ${partGroup ?? ''}`

/**
 * Marks the surplus of each day and group that has more than its share: those with the lowest scores, which teach the
 * model the least.
 */
function keepBalance(candidates: CurationCandidate[]): void {
  const buckets = new Map<string, CurationCandidate[]>()
  for (const candidate of candidates) {
    if (!candidate.proposed) continue
    const key = bucketOf(candidate)
    buckets.set(key, [...(buckets.get(key) ?? []), candidate])
  }
  if (buckets.size < 2) return
  const sizes = [...buckets.values()].map(({ length }) => length).sort((a, b) => a - b)
  const share = Math.max(
    1,
    fairShare * elementAt(sizes, Math.floor((sizes.length - 1) / 2), 'sizes of groups'),
  )
  for (const bucket of buckets.values()) {
    const waiting = [...bucket].sort((a, b) => (b.score ?? 0) - (a.score ?? 0)).slice(share)
    for (const candidate of waiting) {
      candidate.marks.push('balance')
      candidate.proposed = false
    }
  }
}

function balanceOf(
  inSet: readonly Image[],
  candidates: readonly CurationCandidate[],
): CurationProposal['balance'] {
  const rows = new Map<string, CurationProposal['balance'][number]>()
  const row = (day: string, partGroup: string | null): CurationProposal['balance'][number] => {
    const key = bucketOf({ day, partGroup })
    const found = rows.get(key) ?? { day, partGroup, now: 0, proposed: 0 }
    rows.set(key, found)
    return found
  }
  for (const image of inSet) row(dayOf(image), image.partGroup).now += 1
  for (const { day, partGroup, proposed } of candidates) if (proposed) row(day, partGroup).proposed += 1
  return [...rows.values()].sort((a, b) => (bucketOf(a) < bucketOf(b) ? -1 : 1))
}

/** Images that are in the training set but should not be any more. */
function removalsFrom(db: Database, dataset: Dataset, inSet: readonly Image[]): CurationProposal['removals'] {
  const rejected = new Set(
    db
      .all(
        z.object({ image: imageIdSchema }),
        `SELECT decision.image_id AS image FROM decision WHERE decision.decision = 'reject' AND decision.id = (
           SELECT max(d.id) FROM decision AS d WHERE d.image_id = decision.image_id AND d.undone_at IS NULL)`,
        {},
      )
      .map(({ image }) => image),
  )
  const why = (image: Image): CurationProposal['removals'][number]['why'] | null => {
    if (image.removedAt !== null) return 'removed'
    if (image.label === 'anomalous' || isHeldOut(db, dataset, image)) return 'not-normal'
    return rejected.has(image.id) ? 'rejected' : null
  }
  return inSet.flatMap((image) => {
    const reason = why(image)
    return reason === null ? [] : [{ image: image.id, file: image.file, why: reason }]
  })
}
