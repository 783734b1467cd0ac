/**
 * Decides which images a training may see; no other file does. Normal images of the training split, or of a curated
 * version of it, are used for gradients; normal images of the validation split for choosing and calibrating; nothing
 * else. Options that are chosen after the training may also see the defects of the validation split.
 *
 * The list is made once, when a run is made, and stored in the run's folder as `images.json`: a resumed run sees the
 * same images in the same order, whatever was imported meanwhile.
 */
import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Dataset } from '../../../shared/dataset.ts'
import { Failure } from '../../../shared/failure.ts'
import type { Image } from '../../../shared/image.ts'
import { regionOfInterestSchema, wholePhotograph } from '../../../shared/region-of-interest.ts'
import type { Run } from '../../../shared/run.ts'
import { type Id, type ImageId, idSchema, imageIdSchema, sha256Schema } from '../../../shared/values.ts'
import type { EngineImage } from '../../engine/protocol.ts'
import type { MadeDefectType } from '../../model/made-defect-types.ts'
import { writeFileDurably } from '../../platform/durable-file.ts'
import { inBatches } from '../../platform/long-work.ts'
import { createRandom } from '../../platform/random.ts'
import { storedAsync } from '../../platform/storage-errors.ts'
import { imagesOfVersion } from '../../store/dataset-versions.ts'
import { imageByHash, imageById, listImagesInBatches } from '../../store/images.ts'
import { regionOfInterestOf } from '../../store/regions-of-interest.ts'
import { runFolder } from '../../store/runs.ts'
import { whiteLevel } from '../../store/white-levels.ts'
import type { Workspace } from '../../store/workspace.ts'

const listedSchema = z.object({ id: imageIdSchema, sha256: sha256Schema })

const trainingListSchema = z.object({
  format: z.literal(1),
  /** The sample value that is shown as white in all 16-bit images of the run. */
  white: z.number().positive(),
  train: z.array(listedSchema),
  validation: z.array(listedSchema),
  /** The curated version of the dataset from which `train` was taken, if any. */
  version: idSchema.nullable().default(null),
  /** The region of interest of this run, whatever the dataset has now. */
  regionOfInterest: regionOfInterestSchema.default(wholePhotograph),
})
export type TrainingList = z.infer<typeof trainingListSchema>

export interface TrainingImages {
  train: Image[]
  validation: Image[]
}

/**
 * Whether an image may be used for training or validation. Test images and images that are not known to be good never
 * may.
 */
const isFor = (image: Image, split: 'train' | 'validation'): boolean =>
  image.split === split && image.label === 'normal' && image.removedAt === null

/**
 * Whether an image of a curated version may be trained on. It may come from another dataset, such as a day's
 * production, but not if the same picture is in the validation or test split of the run's own dataset.
 */
function isCurated({ db }: Workspace, image: Image, datasetId: Id): boolean {
  if (image.removedAt !== null || image.label === 'anomalous') return false
  const own = imageByHash(db, datasetId, image.sha256)
  return own === undefined || own.split === 'train' || own.split === 'live'
}

const imagesById = (
  { db }: Workspace,
  ids: readonly ImageId[],
  may: (image: Image) => boolean,
): Promise<Image[]> =>
  inBatches(ids, (batch) =>
    batch.flatMap((id) => {
      const image = imageById(db, id)
      return image !== undefined && may(image) ? [image] : []
    }),
  )

/** The images of a version that a training may learn from. */
export const learnedOfVersion = (workspace: Workspace, dataset: Dataset, version: Id): Promise<Image[]> =>
  imagesById(workspace, imagesOfVersion(workspace.db, version), (image) =>
    isCurated(workspace, image, dataset.id),
  )

/**
 * The images of a version for retraining another run. The validation images stay those of the first run, so that both
 * runs are calibrated and judged alike.
 */
export const versionImages = async (
  workspace: Workspace,
  dataset: Dataset,
  version: Id,
  parent: TrainingList,
): Promise<TrainingImages> => ({
  train: await learnedOfVersion(workspace, dataset, version),
  validation: await imagesById(
    workspace,
    parent.validation.map(({ id }) => id),
    (image) => isFor(image, 'validation'),
  ),
})

/**
 * The images that a training on this dataset may see, in the order of their import.
 * @param version the dataset version to learn from; null for the training split as it is
 */
export async function trainingImages(
  workspace: Workspace,
  dataset: Dataset,
  version: Id | null = null,
): Promise<TrainingImages> {
  const { db } = workspace
  const normal = async (split: 'train' | 'validation'): Promise<Image[]> =>
    (await listImagesInBatches(db, { datasetId: dataset.id, split, label: 'normal' })).filter((image) =>
      isFor(image, split),
    )
  return {
    train: version === null ? await normal('train') : await learnedOfVersion(workspace, dataset, version),
    validation: await normal('validation'),
  }
}

/**
 * The images on which options that need no training may be chosen: normal and anomalous images of the validation
 * split, in the order of their import.
 */
export async function choosingImages(
  { db }: Workspace,
  dataset: Dataset,
): Promise<{ normal: Image[]; anomalous: Image[] }> {
  const labeled = async (label: 'normal' | 'anomalous'): Promise<Image[]> =>
    listImagesInBatches(db, { datasetId: dataset.id, split: 'validation', label })
  return { normal: await labeled('normal'), anomalous: await labeled('anomalous') }
}

const fileOf = (workspace: Workspace, run: Run): string =>
  join(workspace.path(runFolder(run.id)), 'images.json')

/**
 * Stores the list of a new run.
 * @throws Failure `disk-full`, `workspace-read-only`
 */
export async function keepTrainingList(
  workspace: Workspace,
  run: Run,
  images: TrainingImages,
  version: Id | null = null,
  white = whiteLevel(workspace.db, run.datasetId, 16),
  regionOfInterest = regionOfInterestOf(workspace.db, run.datasetId),
): Promise<void> {
  const listed = (image: Image) => ({ id: image.id, sha256: image.sha256 })
  const list: TrainingList = {
    format: 1,
    white,
    train: images.train.map(listed),
    validation: images.validation.map(listed),
    version,
    regionOfInterest,
  }
  await storedAsync(() => writeFileDurably(fileOf(workspace, run), `${JSON.stringify(list)}\n`))
}

/** @throws Failure `run-incomplete` */
export async function readTrainingList(workspace: Workspace, run: Run): Promise<TrainingList> {
  try {
    return trainingListSchema.parse(JSON.parse(await readFile(fileOf(workspace, run), 'utf8')))
  } catch (cause) {
    throw new Failure('run-incomplete', { run: run.id }, { cause })
  }
}

/**
 * The images of a stored list as the engine reads them. Each is checked again: an image that was relabeled, moved to
 * another split or removed since must not be trained on, and leaving it out would make a different run.
 *
 * @throws Failure `training-images-changed`, `images-missing`
 */
export async function engineTrainingImages(
  workspace: Workspace,
  run: Run,
  list: TrainingList,
): Promise<{ train: EngineImage[]; validation: EngineImage[] }> {
  const may = (image: Image, split: 'train' | 'validation'): boolean =>
    split === 'train' && list.version !== null
      ? isCurated(workspace, image, run.datasetId)
      : isFor(image, split)
  const look = (split: 'train' | 'validation'): Promise<Image[]> =>
    inBatches(list[split], (batch) =>
      batch.map(({ id, sha256 }) => {
        const image = imageById(workspace.db, id)
        if (image === undefined || image.sha256 !== sha256 || !may(image, split)) {
          throw new Failure('training-images-changed', { image: image?.file ?? id, split })
        }
        return image
      }),
    )
  const train = await look('train')
  const validation = await look('validation')
  await requireFiles(workspace, [...train, ...validation])
  return {
    train: train.map((image) => engineImage(workspace, image, list.white)),
    validation: validation.map((image) => engineImage(workspace, image, list.white)),
  }
}

/** @param white the sample value that is white in the 16-bit images of the run */
export function engineImage(workspace: Workspace, image: Image, white: number): EngineImage {
  const { id, sha256, format, width, height, bitDepth } = image
  return {
    id,
    file: workspace.blobs.path(sha256, format),
    name: image.file,
    width,
    height,
    white: bitDepth === 16 ? white : null,
  }
}

/** A defect that is drawn on a photograph for the engine. */
interface DrawnDefect {
  type: MadeDefectType
  /** What its place and look are drawn by, besides the seed. */
  name: string
  /** The photograph that something may be pasted from. */
  donor: Image
}

/**
 * The same with a defect drawn on it, or as it is.
 * @param id identifies the picture in the engine's answer; the same photograph may be sent several times
 */
export function engineImageWith(
  workspace: Workspace,
  image: Image,
  defect: DrawnDefect | null,
  { id, seed, white }: { id: number; seed: number; white: number },
): EngineImage {
  const plain = { ...engineImage(workspace, image, white), id }
  if (defect === null) return plain
  const { file, white: full } = engineImage(workspace, defect.donor, white)
  return { ...plain, made: { type: defect.type, seed, name: defect.name, donor: { file, white: full } } }
}

/** Some images in random order, drawn by their content, so that they are the same ones in every workspace. */
export const drawnByContent = (
  images: readonly Image[],
  { seed, purpose, most }: { seed: number; purpose: string; most: number },
): Image[] =>
  createRandom(seed, purpose)
    .shuffle([...images].sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1)))
    .slice(0, most)

/** Number of files whose existence is checked at the same time. */
const lookAhead = 64

/** @throws Failure `images-missing` unless every original is there */
export async function requireFiles(workspace: Workspace, images: readonly Image[]): Promise<void> {
  const missing: Image[] = []
  for (let at = 0; at < images.length; at += lookAhead) {
    await Promise.all(
      images.slice(at, at + lookAhead).map((image) =>
        access(workspace.blobs.path(image.sha256, image.format)).catch(() => {
          missing.push(image)
        }),
      ),
    )
  }
  const [first] = missing
  if (first === undefined) return
  throw new Failure('images-missing', { missing: missing.length, images: images.length, file: first.file })
}
