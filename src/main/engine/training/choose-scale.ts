/** Chooses the scale of features for a training that leaves it open, on a few of its good photographs. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { elementAt } from '../../../shared/element-at.ts'
import { failureData } from '../../../shared/failure.ts'
import { type ScaleChoice, scaleChoiceSchema } from '../../../shared/run.ts'
import { backboneByName } from '../../model/backbones/registry.ts'
import { type MadeDefectType, madeDefectTypes } from '../../model/made-defect-types.ts'
import { readTensors } from '../../model/safetensors.ts'
import { writeFileDurably } from '../../platform/durable-file.ts'
import { createRandom } from '../../platform/random.ts'
import { featureExtractor } from '../backbones/feature-extractor.ts'
import { foldedWeights } from '../backbones/folded-weights.ts'
import { type LoadedImage, loadImage } from '../data/load-image.ts'
import { chosenScale, ScaleTrial, scalesFor, withFurtherSizes } from '../learned/working-scale.ts'
import type { EngineImage } from '../protocol.ts'
import { Cancelled } from '../task-control.ts'
import type { TrainingContext } from './context.ts'

/** Good photographs that defects are drawn on, at most, and about how many defects are drawn. */
const mostPhotographs = 40
const pictures = 200

/** With fewer photographs nothing can be said of their differences. */
const fewestPhotographs = 4

/** The choice is kept with the run, so that a resumed training goes on with it. */
const fileOf = (folder: string): string => join(folder, 'feature-scale.json')

/** The configuration with a number where it left the scale open, and how that was found; null where it was given. */
export async function withChosenScale(
  context: TrainingContext,
): Promise<{ config: Record<string, unknown>; choice: ScaleChoice | null }> {
  const { config, backbone } = context.task
  if (config.featureScale !== 'auto' || backbone === undefined) return { config, choice: null }
  const choice = (await kept(context)) ?? (await choose(context, backbone))
  await writeFileDurably(fileOf(context.task.folder), `${JSON.stringify(choice)}\n`)
  return { config: { ...config, featureScale: choice.scale }, choice }
}

/** What an interrupted training had chosen. */
async function kept({ task: { folder, resume } }: TrainingContext): Promise<ScaleChoice | null> {
  if (!resume) return null
  const text = await readFile(fileOf(folder), 'utf8').catch(() => null)
  if (text === null) return null
  const read = scaleChoiceSchema.safeParse(JSON.parse(text))
  return read.success ? read.data : null
}

const rounded = (scale: number): number => Math.round(100 * scale) / 100

async function choose(
  context: TrainingContext,
  backbone: { name: string; file: string },
): Promise<ScaleChoice> {
  const { task } = context
  const random = createRandom(task.seed, 'feature scale')
  // Photographs of the validation split first: the networks learn nothing from them.
  const images = [...random.shuffle([...task.validation]), ...random.shuffle([...task.train])].slice(
    0,
    mostPhotographs,
  )
  const scales = scalesFor([...task.train, ...task.validation])
  const largest = rounded(elementAt(scales, 0, 'Scales'))
  if (images.length < fewestPhotographs || scales.length === 1) {
    context.log('info', `Features are taken at the scale ${largest}: there is nothing to compare it with.`)
    return { scale: largest, photographs: images.length, tried: [] }
  }
  const known = backboneByName(backbone.name)
  if (known === null) throw new TypeError(`There is no backbone "${backbone.name}".`)
  const { tensors } = await readTensors(backbone.file)
  const blocks = known.layers.map(({ block }) => block)
  const extractor = featureExtractor(known.layers, foldedWeights(tensors, Math.max(...blocks)))
  try {
    const trial = new ScaleTrial(extractor, withFurtherSizes(scales), random)
    let added = 0
    for (const [photograph, image] of images.entries()) {
      const isAdded = await addPhotograph(trial, { context, images, photograph, image, scale: largest })
      if (isAdded) added += 1
      context.progress('scale', photograph + 1, images.length, null)
      const goesOn = await context.control.proceed(
        () => context.paused(),
        () => context.continued(),
      )
      if (!goesOn) throw new Cancelled(0)
    }
    if (added < fewestPhotographs) return { scale: largest, photographs: added, tried: [] }
    const tried = trial.finish().map((of) => ({ ...of, scale: rounded(of.scale) }))
    const scale = chosenScale(tried)
    const told = tried.map((of) => `${of.scale}: ${of.made.toFixed(3)}`).join(', ')
    context.log('info', `Features are taken at the scale ${scale}. AUROC of drawn defects: ${told}.`)
    return { scale, photographs: added, tried }
  } finally {
    extractor.dispose()
  }
}

interface Adding {
  context: TrainingContext
  images: readonly EngineImage[]
  photograph: number
  image: EngineImage
  scale: number
}

/**
 * Adds a photograph as it is and with defects of each type; one that cannot be read is left out, as it is from all
 * else. @returns whether it was added
 */
async function addPhotograph(
  trial: ScaleTrial,
  { context, images, photograph, image, scale }: Adding,
): Promise<boolean> {
  const { regionOfInterest, seed } = context.task
  const mode = {
    input: 'tiles',
    size: 32,
    channels: 3,
    scale,
    normalization: 'none',
    regionOfInterest,
  } as const
  const donor = elementAt(images, (photograph + 1) % images.length, 'Photographs')
  const perType = Math.max(1, Math.floor(pictures / (images.length * madeDefectTypes.length)))
  const wanted: EngineImage['made'][] = madeDefectTypes.flatMap((type) =>
    Array.from({ length: perType }, (_, count) => ({
      type,
      seed,
      name: `${photograph} ${type} ${count}`,
      donor: { file: donor.file, white: donor.white },
    })),
  )
  const loaded: { type: MadeDefectType | null; picture: LoadedImage }[] = []
  try {
    for (const made of [undefined, ...wanted]) {
      loaded.push({ type: made?.type ?? null, picture: await loadImage({ ...image, made }, mode) })
    }
  } catch (error) {
    const { code } = failureData(error)
    context.log('warn', `${image.file} takes no part in the choice of a scale: ${code}`)
    return false
  }
  for (const { type, picture } of loaded) {
    trial.add({ photograph, type, picture: picture.photograph, insideAt: picture.insideAt })
  }
  return true
}
