/** Chooses the scale of features for a training that leaves it open, on a few of its good photographs. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { elementAt } from '../../../shared/element-at.ts'
import type { RegionOfInterest } from '../../../shared/region-of-interest.ts'
import { type ScaleChoice, scaleChoiceSchema } from '../../../shared/run.ts'
import { ImageRefusal } from '../../images/refusal.ts'
import { madeDefectTypes } from '../../model/made-defect-types.ts'
import { readTensors } from '../../model/safetensors.ts'
import { writeFileDurably } from '../../platform/durable-file.ts'
import { createRandom } from '../../platform/random.ts'
import { type InputMode, loadImage, loadVariants } from '../data/load-image.ts'
import { openBackbone } from '../learned/stored-backbone.ts'
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

/** What a scale is chosen for. */
export interface ScaleRequest {
  /** Good photographs. */
  train: readonly EngineImage[]
  validation: readonly EngineImage[]
  seed: number
  regionOfInterest?: RegionOfInterest | undefined
  backbone: { name: string; file: string }
}

interface Reporting {
  log(level: 'info' | 'warn', message: string): void
  /** Reports progress; throws where the work is to stop. */
  proceed(done: number, total: number): Promise<void>
}

/** The configuration with a number where it left the scale open, and how that was found; null where it was given. */
export async function withChosenScale(
  context: TrainingContext,
): Promise<{ config: Record<string, unknown>; choice: ScaleChoice | null }> {
  const { task } = context
  const { config, backbone } = task
  if (config.featureScale !== 'auto' || backbone === undefined) return { config, choice: null }
  const found = await kept(context)
  const choice =
    found ??
    (await chooseScale(
      { ...task, backbone },
      {
        log: context.log,
        async proceed(done, total) {
          context.progress('scale', done, total)
          const goesOn = await context.control.proceed(
            () => context.paused(),
            () => context.continued(),
          )
          if (!goesOn) throw new Cancelled(0)
        },
      },
    ))
  if (found === null) await writeFileDurably(fileOf(task.folder), `${JSON.stringify(choice)}\n`)
  return { config: { ...config, featureScale: choice.scale }, choice }
}

/** What an interrupted training had chosen. */
async function kept({ task: { folder, resume } }: TrainingContext): Promise<ScaleChoice | null> {
  if (!resume) return null
  try {
    return scaleChoiceSchema.parse(JSON.parse(await readFile(fileOf(folder), 'utf8')))
  } catch (error) {
    // Without a choice that can be read, the same one is found again.
    const isAbsent = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    if (isAbsent || error instanceof SyntaxError || error instanceof z.ZodError) return null
    throw error
  }
}

const rounded = (scale: number): number => Math.round(100 * scale) / 100

/** Compares scales on a few good photographs. @throws what `proceed` throws */
export async function chooseScale(request: ScaleRequest, { log, proceed }: Reporting): Promise<ScaleChoice> {
  const { train, validation, seed, backbone } = request
  const random = createRandom(seed, 'feature scale')
  // Photographs of the validation split first: the networks learn nothing from them.
  const images = [...random.shuffle([...validation]), ...random.shuffle([...train])].slice(0, mostPhotographs)
  const scales = scalesFor([...train, ...validation])
  const largest = rounded(elementAt(scales, 0, 'Scales'))
  if (images.length < fewestPhotographs || scales.length === 1) {
    log('info', `Features are taken at the scale ${largest}: there is nothing to compare it with.`)
    return { scale: largest, photographs: images.length, tried: [] }
  }
  const { tensors } = await readTensors(backbone.file)
  const { extractor } = openBackbone({ backbone: backbone.name }, tensors)
  try {
    const trial = new ScaleTrial(extractor, withFurtherSizes(scales), random)
    const mode: InputMode = {
      input: 'tiles',
      size: 32,
      channels: 3,
      scale: largest,
      normalization: 'none',
      resizing: 'exact',
      regionOfInterest: request.regionOfInterest,
    }
    const readable: EngineImage[] = []
    for (const image of images) {
      if (await isReadable(image, mode, log)) readable.push(image)
      await proceed(0, images.length)
    }
    if (readable.length < fewestPhotographs)
      return { scale: largest, photographs: readable.length, tried: [] }
    for (const photograph of readable.keys()) {
      await addPhotograph(trial, { mode, seed, images: readable, photograph })
      await proceed(photograph + 1, readable.length)
    }
    const tried = trial.finish().map((of) => ({ ...of, scale: rounded(of.scale) }))
    const scale = chosenScale(tried)
    const told = tried.map((of) => `${of.scale}: ${of.made.toFixed(3)}`).join(', ')
    log('info', `Features are taken at the scale ${scale}. AUROC of drawn defects: ${told}.`)
    return { scale, photographs: readable.length, tried }
  } finally {
    extractor.dispose()
  }
}

/** Whether a photograph can be read; one that cannot is left out, as it is from all else, and named. */
async function isReadable(image: EngineImage, mode: InputMode, log: Reporting['log']): Promise<boolean> {
  try {
    await loadImage(image, mode)
    return true
  } catch (error) {
    if (!(error instanceof ImageRefusal)) throw error
    log('warn', `${image.name ?? image.file} takes no part in the choice of a scale: ${error.code}`)
    return false
  }
}

interface Adding {
  mode: InputMode
  seed: number
  images: readonly EngineImage[]
  photograph: number
}

/** Adds a photograph as it is and with defects of each type; what is pasted comes from the next photograph. */
async function addPhotograph(trial: ScaleTrial, { mode, seed, images, photograph }: Adding): Promise<void> {
  const image = elementAt(images, photograph, 'Photographs')
  const donor = elementAt(images, (photograph + 1) % images.length, 'Photographs')
  const perType = Math.max(1, Math.floor(pictures / (images.length * madeDefectTypes.length)))
  const defects = madeDefectTypes.flatMap((type) =>
    Array.from({ length: perType }, (_, count) => ({
      type,
      seed,
      name: `${photograph} ${type} ${count}`,
      donor: { file: donor.file, white: donor.white },
    })),
  )
  const made = [undefined, ...defects]
  for (const [at, { photograph: picture, insideAt }] of (await loadVariants(image, mode, made)).entries()) {
    trial.add({ photograph, type: made[at]?.type ?? null, picture, insideAt })
  }
}
