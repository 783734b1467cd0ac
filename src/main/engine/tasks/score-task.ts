/** Carries out a scoring task: sends rows to main, and writes maps and reconstructions into the folder of the run. */

import { join } from 'node:path'
import sharp from 'sharp'
import { type FailureData, failureData } from '../../../shared/failure.ts'
import { writeAnomalyMap } from '../../images/anomaly-map.ts'
import { readModel } from '../../model/model-file.ts'
import { digestOf } from '../../model/safetensors.ts'
import { imageScore, percentileAmong } from '../../model/scores.ts'
import { placeFile, replaceFile, syncFolder } from '../../platform/durable-file.ts'
import type { Pixels } from '../data/geometry.ts'
import { asBytes } from '../data/packed-samples.ts'
import { compilingWith } from '../graph/compile.ts'
import { keptGraphs } from '../graph/kept-graphs.ts'
import type { EngineImage, ScoredImage, ScoreResult, ScoreTask } from '../protocol.ts'
import { scoringBatch } from '../scoring/batch-size.ts'
import { scoringWith } from '../scoring/precision.ts'
import { type ScoredPicture, scoreImages } from '../scoring/score-images.ts'
import { systemNamed } from '../systems/registry.ts'
import { Cancelled, type TaskControl } from '../task-control.ts'
import { createSharedModels, type TakenModel } from './shared-models.ts'

/** How many images of a stream are scored together: enough to fill batches, few enough for a quick answer. */
const streamed = 8

/** For how many pictures files are written while the next ones are scored. */
const writersAtOnce = 4

/** Rows in one message, and rows that main may not have stored yet. */
const rowsPerMessage = 16
export const rowsUnstored = 256

/** The model that a task is to continue with. */
export interface Successor {
  run: string
  folder: string
}

export interface ScoringContext {
  readonly task: ScoreTask
  readonly control: TaskControl
  progress(done: number, total: number, secondsLeft: number | null): void
  /** Waits until there is something to do for a task that streams, or it is to end. */
  due(): Promise<void>
  /**
   * The next images of a task that streams, at most so many; or the model to continue with; null when the task is to
   * end.
   */
  fed(most: number): EngineImage[] | Successor | null
  /** Does work of a task that streams when its turn among those comes. */
  round<T>(work: () => Promise<T>): Promise<T>
  /** Reports which model is used from here on, or why the requested one is not. */
  exchanged(run: string, failure: FailureData | null): void
  log(level: 'debug' | 'info' | 'warn' | 'error', message: string): void
  /** Reports an image of a task that streams that could not be scored. */
  refused(refusal: ScoreResult['refused'][number]): void
  rows(rows: ScoredImage[]): void
  /** Waits until main has stored all but `rowsUnstored` of the rows sent so far. */
  room(): Promise<void>
  paused(): void
  continued(): void
}

async function reconstructionPng({ data, width, height, channels }: Pixels): Promise<Buffer> {
  const raw = { width, height, channels: channels === 3 ? (3 as const) : (1 as const) }
  const image = sharp(asBytes(data), { raw })
  return (channels === 1 ? image.toColourspace('b-w') : image).png({ compressionLevel: 3 }).toBuffer()
}

/** A trained run, ready to score. */
async function loadModel(folder: string, log: ScoringContext['log']) {
  const stored = await readModel(folder)
  const { model: system, config, precision, calibration, regionOfInterest } = stored.description
  const batch = scoringBatch(config)
  const cache = keptGraphs({
    folder,
    purpose: 'score',
    // All that `load` is given.
    of: [stored.description, digestOf(stored.tensors), batch],
    debug: (message) => log('debug', message),
  })
  const load = () => systemNamed(system).load(stored, batch)
  const model = compilingWith({ cache }, () => scoringWith(precision, load))
  return {
    ...model,
    mode: { ...model.mode, regionOfInterest },
    folder,
    reference: calibration[model.options.kind] ?? [],
  }
}

type LoadedModel = Awaited<ReturnType<typeof loadModel>>
const sharedModels = createSharedModels<LoadedModel>()

/** Tasks that stream share a model; any other one works beside them, so it has its own. */
async function takeModel(folder: string, { task, log }: ScoringContext): Promise<TakenModel<LoadedModel>> {
  if (task.stream) return sharedModels.take(folder, () => loadModel(folder, log))
  const model = await loadModel(folder, log)
  return { model, release: () => model.scorer.dispose() }
}

export async function scoreTask(context: ScoringContext): Promise<ScoreResult> {
  const { task, control } = context
  const started = performance.now()
  let taken = await takeModel(task.folder, context)
  let { model } = taken
  const refused: ScoreResult['refused'] = []
  let writing: Promise<ScoredImage>[] = []
  let rows: ScoredImage[] = []
  let done = 0
  // With an observer, no pictures are made.
  const onlyNumbers = task.maps ? {} : { observe: () => undefined }

  const write = async (picture: ScoredPicture): Promise<ScoredImage> => {
    const { scorer, options, reference, folder } = model
    const score = imageScore(picture.components, scorer.componentNames, options)
    const row: ScoredImage = {
      image: picture.image.id,
      tiles: picture.tiles,
      components: picture.components,
      componentNames: scorer.componentNames,
      score,
      calibrated: reference.length > 0 ? percentileAmong(reference, score) : 0,
      map: null,
      warnings: picture.warnings,
    }
    const { pictures } = picture
    if (!task.maps || pictures === null) return row
    const file = `maps/${picture.image.id}.png`
    const reconstruction = `reconstructions/${picture.image.id}.png`
    const { width, height, data: values } = pictures.map
    const { bytes, scale } = await writeAnomalyMap({ values, width, height })
    // Made before anything is written: a write that failed meanwhile would be an error that nobody waits for yet.
    const restored = pictures.reconstruction && (await reconstructionPng(pictures.reconstruction))
    await Promise.all([
      placeFile(join(folder, file), bytes),
      restored && replaceFile(join(folder, reconstruction), restored),
    ])
    return { ...row, map: { file, width, height, scale, reconstruction: restored && reconstruction } }
  }
  const collect = async (most: number) => {
    while (writing.length > most) {
      const [first, ...rest] = writing
      writing = rest
      if (first) rows.push(await first)
    }
    if (rows.length >= rowsPerMessage || (most === 0 && rows.length > 0)) {
      // The folder is synced once for all maps, and before main hears of them: a stored row then has its map even
      // after a power cut.
      if (rows.some((row) => row.map !== null)) await syncFolder(join(model.folder, 'maps'))
      context.rows(rows)
      rows = []
      await context.room()
    }
  }

  /** No work with the previous model is left: each pass ends with all of its rows sent. */
  const exchange = async ({ run, folder }: Successor): Promise<void> => {
    let failure: FailureData | null = null
    try {
      const next = await takeModel(folder, context)
      taken.release()
      taken = next
      model = next.model
    } catch (error) {
      failure = failureData(error)
    }
    context.exchanged(run, failure)
  }

  /** @returns whether the task is to go on */
  const pass = async (images: readonly EngineImage[]): Promise<boolean> => {
    const { scorer, mode, overlap } = model
    for await (const picture of scoreImages(images, { scorer, mode, overlap, ...onlyNumbers })) {
      if ('why' in picture) {
        const refusal = { image: picture.image.id, ...picture.why }
        // A stream has no end at which the refused images could be listed.
        if (task.stream) context.refused(refusal)
        else refused.push(refusal)
      } else {
        const written = write(picture)
        writing.push(written)
        // It is awaited later. If it fails before that, the unhandled rejection must not end the process.
        written.catch(() => undefined)
      }
      done += 1
      await collect(writersAtOnce)
      const left = task.stream ? 0 : task.images.length - done
      const secondsLeft = ((performance.now() - started) / 1000 / done) * left
      context.progress(done, done + left, done > 2 && !task.stream ? secondsLeft : null)
      const goOn = await control.proceed(context.paused, context.continued)
      if (!goOn) return false
    }
    await collect(0)
    return true
  }

  try {
    if (task.stream) {
      // Reports that the model is loaded, so that images may be fed.
      context.progress(0, 0, null)
      let goOn = true
      while (goOn) {
        await context.due()
        goOn = await context.round(async () => {
          // Only now, so that what came meanwhile is of this round.
          const next = context.fed(streamed)
          if (next === null) return false
          if (!('folder' in next)) return pass(next)
          await exchange(next)
          return true
        })
      }
    } else await pass(task.images)
    await collect(0)
    if (control.cancelled) throw new Cancelled(done)
    return { images: done - refused.length, refused, seconds: (performance.now() - started) / 1000 }
  } finally {
    await Promise.allSettled(writing)
    taken.release()
  }
}
