/**
 * One training of any system, from the beginning or from a checkpoint: its stages one after the other, then
 * the normal validation images are measured for calibration. The same seed, images and machine give the same
 * weights bit for bit, however often the training was interrupted.
 *
 * A training that diverges goes back to its last good checkpoint and on from there with half the learning
 * rate. Which checkpoint that is depends on steps alone, so that this too is the same for every interruption.
 */
import { join } from 'node:path'
import { Failure } from '../../../shared/failure.ts'
import { inside, type Message, message } from '../../../shared/messages/message.ts'
import { wordsIn } from '../../../shared/messages/words.ts'
import { createRandom, type Random, restoreRandom } from '../../random.ts'
import { dropGraphs, keptGraphs } from '../compiled-graphs.ts'
import { cutTile, type Pixels } from '../data/geometry.ts'
import { ImageCache, unpack } from '../data/image-cache.ts'
import { type SamplerState, TrainingBatches } from '../data/training-batches.ts'
import { compilingWith, type Precision } from '../graph/compile.ts'
import { precisionHere } from '../graph/precision-here.ts'
import { disposeWeights, loadWeights, readWeights } from '../networks/stored-weights.ts'
import type { Weights } from '../networks/weights.ts'
import type { TrainResult } from '../protocol.ts'
import { scoringBatch } from '../scoring/batch-size.ts'
import { type Calibration, calibrate } from '../scoring/calibrate.ts'
import { expectationTensors, expectedTiles } from '../scoring/expected-residual.ts'
import { whiteningTensors } from '../scoring/feature-whitening.ts'
import { type LearnedResiduals, learnResiduals } from '../scoring/learn-residuals.ts'
import { texturesOf } from '../scoring/local-texture.ts'
import { readModel, writeModel } from '../scoring/model-file.ts'
import {
  cellsInside,
  type NormalTextures,
  TextureGathering,
  textureTensors,
} from '../scoring/nearest-normal.ts'
import { scoresAgree, scoringWith } from '../scoring/precision.ts'
import { scoreImages } from '../scoring/score-images.ts'
import {
  type Learned,
  learnsExpectation,
  learnsTexture,
  learnsWhitening,
  requestOf,
  type TileScorer,
  withLearned,
} from '../scoring/tile-scorer.ts'
import { Cancelled } from '../task-control.ts'
import type { Variable } from '../tensorflow.ts'
import {
  type Checkpoint,
  digestOf,
  dropCheckpointsAfter,
  readCheckpoint,
  readNewestCheckpoint,
  writeCheckpoint,
} from './checkpoint.ts'
import type { TrainingConfig } from './config.ts'
import type { TrainingContext } from './context.ts'
import { Diverged, restartLimit, watchEvery } from './divergence.ts'
import { Pace } from './pace.ts'
import { writeSheet } from './preview.ts'
import { rateAt } from './rate.ts'
import type { TensorMap } from './safetensors.ts'
import type { Losses, Stage, StageDefinition, StageTools, TrainingDefinition } from './stage.ts'
import { type TrainingState, trainingStateSchema } from './state.ts'
import { cutValidationTiles, type ValidationTiles, validationLimit } from './validation-tiles.ts'

/** Decoded training images kept in memory, in bytes. */
const cacheLimit = 512 * 2 ** 20

/** Curve points of one stage, about. */
const pointsPerStage = 400

const bestPrefix = 'best:'

/** Training photographs that the texture of good parts is learned from. */
const textureLimit = 512

/** Training tiles that residuals are learned from where each of them is searched for. */
const searchedTiles = 128

const withShapes = (
  values: Record<string, Float32Array>,
  variables: Readonly<Record<string, Variable>>,
): TensorMap =>
  Object.fromEntries(
    Object.entries(values).map(([name, data]) => [
      name,
      { shape: [...(variables[name]?.shape ?? [])], data },
    ]),
  )

const onlyData = (tensors: TensorMap, wanted: (name: string) => boolean): Record<string, Float32Array> =>
  Object.fromEntries(
    Object.entries(tensors)
      .filter(([name]) => wanted(name))
      .map(([name, tensor]) => [name, tensor.data]),
  )

export function runTraining<W extends Record<string, Weights>>(
  context: TrainingContext,
  definition: TrainingDefinition<W>,
): Promise<TrainResult> {
  return new Training(context, definition).run()
}

class Training<W extends Record<string, Weights>> {
  readonly #context: TrainingContext
  readonly #definition: TrainingDefinition<W>
  /** How photographs are read: the configuration with what of each photograph counts. */
  readonly #mode: TrainingConfig
  readonly #cache: ImageCache
  readonly #validation: ImageCache
  readonly #pace = new Pace(() => performance.now())
  readonly #root: Random
  #validationTiles: Promise<ValidationTiles> | null = null
  #state: TrainingState
  #startedAt = performance.now()

  constructor(context: TrainingContext, definition: TrainingDefinition<W>) {
    const { config } = definition
    this.#context = context
    this.#definition = definition
    this.#mode = { ...config, regionOfInterest: context.task.regionOfInterest }
    this.#cache = new ImageCache(context.task.train, this.#mode, cacheLimit)
    this.#validation = new ImageCache(
      context.task.validation.slice(0, validationLimit),
      this.#mode,
      cacheLimit / 4,
    )
    this.#root = createRandom(context.task.seed, definition.model)
    this.#state = this.#beginning()
  }

  async run(): Promise<TrainResult> {
    const { resume } = this.#context.task
    let checkpoint = resume
      ? await readNewestCheckpoint(this.#checkpoints, (message) => this.#context.log('warn', message))
      : null
    if (checkpoint) this.#state = trainingStateSchema.parse(checkpoint.state)
    else if (resume) {
      this.#context.log('warn', 'The run has no checkpoint: its training starts from the beginning.')
    }
    if (this.#definition.config.trainingPrecision === 'bfloat16') {
      const here =
        this.#precision === 'float32'
          ? 'float32: bfloat16 takes a processor that has it, and no GPU'
          : 'bfloat16'
      this.#context.log('info', `Training multiplies in ${here}.`)
    }
    for (;;) {
      try {
        return await this.#train(checkpoint?.tensors ?? null)
      } catch (error) {
        if (!(error instanceof Diverged)) throw error
        checkpoint = await this.#goBack(error.why)
      }
    }
  }

  #beginning(): TrainingState {
    return {
      phase: this.#definition.stages[0]?.phase ?? '',
      step: 0,
      seconds: 0,
      sampler: { random: this.#root.fork('sampler').state(), left: [] },
      noise: this.#root.fork('noise').state(),
      losses: {},
      best: null,
      good: null,
      restarts: {},
      warnings: [],
    }
  }

  async #train(saved: TensorMap | null): Promise<TrainResult> {
    const { stages, createWeights } = this.#definition
    const weights = createWeights(this.#root.fork('weights'))
    try {
      const { warmFrom } = this.#context.task
      if (warmFrom) loadWeights((await readModel(warmFrom)).tensors, ...Object.values(weights))
      let tensors = saved
      for (const stage of stages) {
        if (this.#isBehind(stage)) continue
        if (stage.phase !== this.#state.phase) {
          this.#state = { ...this.#state, phase: stage.phase, step: 0, best: null }
        } else if (tensors) loadWeights(tensors, ...stage.given(weights))
        loadWeights(await this.#trainStage(stage, weights, tensors), ...stage.makes(weights))
        tensors = null
      }
      return await this.#finish(weights)
    } finally {
      disposeWeights(...Object.values(weights))
    }
  }

  /** Whether a stage was over when the checkpoint was written. */
  #isBehind(stage: StageDefinition<W>): boolean {
    const { stages } = this.#definition
    return stages.indexOf(stage) < stages.findIndex(({ phase }) => phase === this.#state.phase)
  }

  async #trainStage(
    definition: StageDefinition<W>,
    weights: W,
    tensors: TensorMap | null,
  ): Promise<TensorMap> {
    const { steps: total, learningRate, decay, phase, choosing } = definition
    const { checkpointEvery, previewEvery } = this.#definition.config
    const tools = this.#tools()
    const stage = this.#opened(definition, weights, tools)
    try {
      if (stage.program.notice) this.#context.log('warn', stage.program.notice)
      const fixed = readWeights(...definition.given(weights))
      let best: Record<string, Float32Array> = {}
      if (tensors) {
        stage.program.writeVariables(onlyData(tensors, (name) => name in stage.variables))
        best = Object.fromEntries(
          Object.entries(onlyData(tensors, (name) => name.startsWith(bestPrefix))).map(([name, data]) => [
            name.slice(bestPrefix.length),
            data,
          ]),
        )
      }
      const snapshot = (): TensorMap => {
        this.#state.sampler = tools.batches.state()
        this.#state.noise = tools.noise.state()
        const kept = Object.entries(withShapes(best, stage.variables)).map(
          ([name, tensor]) => [bestPrefix + name, tensor] as const,
        )
        return {
          ...fixed,
          ...withShapes(stage.program.readVariables(), stage.variables),
          ...Object.fromEntries(kept),
        }
      }
      while (!this.#isOver(definition)) {
        await this.#proceed(snapshot)
        const scale = 0.5 ** (this.#state.restarts[phase] ?? 0)
        const done = this.#state.step
        const losses = await stage.step(scale * rateAt(learningRate, done, total, decay), done)
        this.#state.step += 1
        this.#note(losses, definition)
        const isDue = (every: number) => this.#state.step % every === 0 || this.#state.step === total
        if (stage.watch && (isDue(watchEvery) || isDue(checkpointEvery))) this.#heed(stage.watch())
        if (stage.choice && choosing && isDue(choosing.every)) {
          if (await this.#measure(stage.choice, phase)) best = this.#chosen(stage, stage.choice.variables)
        }
        const isLast = this.#isOver(definition)
        if (isDue(previewEvery) || isLast) await stage.preview()
        if (isDue(checkpointEvery) || isLast) await this.#checkpoint(snapshot(), 'good')
      }
      if (stage.choice && choosing) this.#tellChosen(phase, choosing.criterion(this.#choosingImages))
      return await stage.end(withShapes(best, stage.variables))
    } finally {
      stage.dispose()
    }
  }

  /** The stage with its graphs, which are kept in case the training is resumed. */
  #opened(definition: StageDefinition<W>, weights: W, tools: StageTools): Stage {
    const { model, config } = this.#definition
    const { folder } = this.#context.task
    const cache = keptGraphs({
      folder,
      purpose: definition.phase,
      // What earlier stages made is constant in the graphs of this one.
      of: [model, config, digestOf(readWeights(...definition.given(weights)))],
      debug: (message) => this.#context.log('debug', message),
    })
    return compilingWith({ cache, precision: this.#precision }, () => definition.open(weights, tools))
  }

  get #precision(): Precision {
    return precisionHere(this.#definition.config.trainingPrecision)
  }

  /** All steps are done, or the choice has found nothing better for as long as it may. */
  #isOver({ steps, choosing }: StageDefinition<W>): boolean {
    const { step, best } = this.#state
    if (step >= steps) return true
    if (!choosing || choosing.patience === 0 || best === null) return false
    return step - best.step >= choosing.patience * choosing.every
  }

  /** Measures the number that chooses; answers whether it is the best so far. */
  async #measure({ measure }: NonNullable<Stage['choice']>, phase: string): Promise<boolean> {
    const value = await measure()
    const { step, best } = this.#state
    this.#context.points([{ phase, step, name: 'validation', value }])
    this.#state.losses.validation = value
    if (best !== null && value >= best.value) return false
    this.#state.best = { step, value }
    return true
  }

  /** What a stage chooses by. */
  get #choosingImages(): string {
    return this.#context.task.validation.length > 0 ? 'validation images' : 'training images'
  }

  #tellChosen(phase: string, criterion: string): void {
    const { best, step } = this.#state
    if (best === null) return
    this.#context.log(
      'info',
      `Of the ${step} steps of stage "${phase}" the weights of step ${best.step} are kept: the lowest ${criterion}, ${best.value.toPrecision(4)}.`,
    )
  }

  #chosen(stage: Stage, names: readonly string[]): Record<string, Float32Array> {
    const now = stage.program.readVariables()
    return Object.fromEntries(names.map((name) => [name, now[name] ?? new Float32Array()]))
  }

  #tools(): StageTools {
    const { seed, folder } = this.#context.task
    const { size, channels } = this.#definition.config
    return {
      batches: this.#batches(this.#state.sampler),
      noise: restoreRandom(this.#state.noise),
      random: (purpose) => createRandom(seed, purpose),
      batchesFor: (purpose) => this.#batches({ random: createRandom(seed, purpose).state(), left: [] }),
      validation: () => {
        this.#validationTiles ??= cutValidationTiles(this.#validation, this.#definition.config, seed)
        return this.#validationTiles
      },
      firstTiles: (count) => this.#firstTiles(count),
      preview: async (name, pictures, columns) => {
        const step = this.#offset + this.#state.step
        const file = `previews/${name}-${step}.png`
        await writeSheet(join(folder, file), pictures, { side: size, channels, columns })
        this.#context.preview(name, file, step)
        this.#pace.skip()
      },
      log: (level, message) => this.#context.log(level, message),
    }
  }

  #batches(state: SamplerState): TrainingBatches {
    const { size, channels, batch, input, flips, shift } = this.#definition.config
    return new TrainingBatches({
      cache: this.#cache,
      size,
      channels,
      batch,
      input,
      augmentation: { flips, shift },
      state,
    })
  }

  async #firstTiles(count: number): Promise<Float32Array> {
    const { size, channels } = this.#definition.config
    const one = size * size * channels
    const tiles = new Float32Array(count * one)
    for (let i = 0; i < count; i++) {
      const picture = await this.#cache.load(i % this.#cache.images.length)
      const tile = tiles.subarray(i * one, (i + 1) * one)
      cutTile(picture, { left: 0, top: 0 }, size, tile)
      unpack(tile)
    }
    return tiles
  }

  /** Writes the model and measures the normal validation images. */
  async #finish(weights: W): Promise<TrainResult> {
    const { model, config, stages, createScorer } = this.#definition
    const { task } = this.#context
    const tensors = readWeights(...Object.values(weights))
    const weightsSha256 = digestOf(tensors)
    // That of scoring: in another, the same photograph may have other last bits.
    const batch = scoringBatch(config)
    const residuals = await this.#learnResiduals(weights, batch)
    let scorer = createScorer(weights, batch, requestOf(residuals))
    try {
      const learned: Learned = { ...residuals, textures: await this.#learnTextures(scorer) }
      scorer = this.#withLearned(scorer, learned)
      const { precision, ...measured } = await this.#calibrated(scorer, weights, learned)
      await writeModel(task.folder, {
        tensors: { ...tensors, ...this.#learnedTensors(learned) },
        description: {
          format: 1,
          model,
          config,
          componentNames: scorer.componentNames,
          ...measured,
          weightsSha256,
          ...(task.regionOfInterest && { regionOfInterest: task.regionOfInterest }),
          ...(precision === 'bfloat16' ? { precision } : {}),
        },
      })
      for (const { phase } of stages) dropGraphs(task.folder, phase)
      const { losses, best, warnings } = this.#state
      const criterion = stages.at(-1)?.choosing?.criterion(this.#choosingImages)
      return {
        steps: this.#offset + this.#state.step,
        seconds: this.#seconds(),
        losses,
        chosen: best && criterion !== undefined ? { ...best, criterion } : null,
        calibration: measured.calibration,
        mapScale: measured.mapScale,
        expectedCriticValue: measured.expectedCriticValue,
        componentNames: scorer.componentNames,
        weightsSha256,
        warnings,
      }
    } finally {
      scorer.dispose()
    }
  }

  #withLearned(scorer: TileScorer, learned: Learned): TileScorer {
    const { learning } = this.#definition
    return learning ? withLearned(scorer, learned, learning) : scorer
  }

  #learnedTensors({ textures, expectation, whitening }: Learned): TensorMap {
    return {
      ...(textures && textureTensors(textures)),
      ...(expectation && expectationTensors(expectation)),
      ...(whitening && whiteningTensors(whitening)),
    }
  }

  /** What residuals good training tiles leave, of at most `expectedTiles` of them; nulls where it is not asked for. */
  async #learnResiduals(weights: W, batch: number): Promise<LearnedResiduals> {
    const { learning, createScorer, config } = this.#definition
    const whitens = learning !== undefined && learnsWhitening(learning)
    const expects = learning !== undefined && learnsExpectation(learning)
    if (!whitens && !expects) return { whitening: null, expectation: null }
    const { task } = this.#context
    const scorer = createScorer(weights, batch, { whitening: null, codes: expects, early: whitens })
    const limit = scorer.searchSteps === undefined ? expectedTiles : searchedTiles
    const tiles = config.input === 'whole' ? Math.min(limit, task.train.length) : limit
    try {
      return await learnResiduals({
        scorer,
        // As they are scored: not mirrored, not shifted, and a whole photograph once.
        batches: new TrainingBatches({
          cache: this.#cache,
          size: scorer.size,
          channels: scorer.channels,
          batch: scorer.batch,
          input: config.input,
          augmentation: { flips: 'none', shift: 0 },
          state: { random: createRandom(task.seed, 'residual').state(), left: [] },
        }),
        tiles,
        whitens,
        expects,
        proceed: async (done) => {
          this.#context.progress('residual', done, tiles, null)
          if (!(await this.#goesOn())) throw new Cancelled(this.#offset + this.#state.step)
        },
      })
    } finally {
      scorer.dispose()
    }
  }

  /** The texture of good training photographs, of at most `textureLimit` of them; null where none is to be learned. */
  async #learnTextures(scorer: TileScorer): Promise<NormalTextures | null> {
    const { learning } = this.#definition
    if (!learning || !learnsTexture(learning)) return null
    const { task } = this.#context
    const random = createRandom(task.seed, 'texture')
    const images = random.shuffle([...task.train]).slice(0, textureLimit)
    const gathering = new TextureGathering(images.length, random)
    const { config } = this.#definition
    const observe = (x: Pixels, y: Pixels, inside: Uint8Array | null): void => {
      const textures = texturesOf(x, y)
      gathering.add(textures, inside && cellsInside(textures.photograph, x, inside))
    }
    let done = 0
    for await (const _ of scoreImages(images, {
      scorer,
      mode: this.#mode,
      overlap: config.overlap,
      observe,
    })) {
      done += 1
      this.#context.progress('texture', done, images.length, null)
      if (!(await this.#goesOn())) throw new Cancelled(this.#offset + this.#state.step)
    }
    return gathering.finish()
  }

  /** Calibrates in float32, and in bfloat16 where that is asked for, is there, and moves no score. */
  async #calibrated(
    scorer: TileScorer,
    weights: W,
    learned: Learned,
  ): Promise<Calibration & { precision: TrainingConfig['precision'] }> {
    const { config, scoring, createScorer } = this.#definition
    const calibrateWith = (measured: TileScorer): Promise<Calibration> =>
      calibrate({
        context: this.#context,
        scorer: measured,
        mode: this.#mode,
        options: scoring,
        discriminatorSamples: config.discriminatorSamples,
        overlap: config.overlap,
        training: this.#cache,
        // The checkpoint of the last step stands: what is stopped here is measured again.
        proceed: async () => {
          if (!(await this.#goesOn())) throw new Cancelled(this.#offset + this.#state.step)
        },
      })
    const full = await calibrateWith(scorer)
    if (precisionHere(config.precision) === 'float32') return { ...full, precision: 'float32' }
    const low16 = scoringWith('bfloat16', () => createScorer(weights, scorer.batch, requestOf(learned)))
    const lowScorer = this.#withLearned(low16, learned)
    try {
      const low = await calibrateWith(lowScorer)
      const agree = scoresAgree(full.calibration, low.calibration)
      if (!agree)
        this.#context.log('info', 'Scores in bfloat16 differ too much: the model scores in float32.')
      return agree ? { ...low, precision: 'bfloat16' } : { ...full, precision: 'float32' }
    } finally {
      lowScorer.dispose()
    }
  }

  #seconds(): number {
    return this.#state.seconds + (performance.now() - this.#startedAt) / 1000
  }

  get #checkpoints(): string {
    return join(this.#context.task.folder, 'checkpoints')
  }

  /** Steps of the stages before the present one. */
  get #offset(): number {
    let sum = 0
    for (const { phase, steps } of this.#definition.stages) {
      if (phase === this.#state.phase) break
      sum += steps
    }
    return sum
  }

  /** Lets messages in; on a cancel writes a checkpoint and ends the training. */
  async #proceed(snapshot: () => TensorMap): Promise<void> {
    if (await this.#goesOn()) return
    await this.#checkpoint(snapshot(), 'stopped')
    throw new Cancelled(this.#offset + this.#state.step)
  }

  #goesOn(): Promise<boolean> {
    return this.#context.control.proceed(
      () => this.#context.paused(),
      () => {
        this.#pace.skip()
        this.#context.continued()
      },
    )
  }

  async #checkpoint(tensors: TensorMap, why: 'good' | 'stopped'): Promise<void> {
    const order = this.#offset + this.#state.step
    // What a person's stop left behind is no place to go back to: where that is must depend on steps alone.
    if (why === 'good') this.#state.good = order
    const state: TrainingState = { ...this.#state, seconds: this.#seconds() }
    const file = await writeCheckpoint(this.#checkpoints, order, { tensors, state }, { also: state.good })
    this.#context.checkpoint(this.#state.phase, this.#state.step, `checkpoints/${file}`)
    this.#pace.skip()
  }

  /** Keeps the losses, tells of points and progress, and notices a loss that is no number any more. */
  #note(losses: Losses, { steps: total }: StageDefinition<W>): void {
    const { step, phase } = this.#state
    const values = Object.fromEntries(
      Object.entries(losses).map(([name, value]) => [name, value?.[0] ?? Number.NaN]),
    )
    for (const [name, value] of Object.entries(values)) {
      if (!Number.isFinite(value)) throw new Diverged(message('loss-not-a-number', { name }))
    }
    Object.assign(this.#state.losses, values)
    this.#pace.tick()
    if (step % Math.max(1, Math.floor(total / pointsPerStage)) === 0) {
      this.#context.points(Object.entries(values).map(([name, value]) => ({ phase, step, name, value })))
    }
    const all = this.#definition.stages.reduce((sum, { steps }) => sum + steps, 0)
    this.#context.progress(phase, this.#offset + step, all, this.#secondsLeft())
  }

  /** A collapse goes back as long as that may help; then it is said, once, and the training goes on. */
  #heed(problem: Message | null): void {
    if (problem === null) return
    const { phase, step, restarts, warnings } = this.#state
    if ((restarts[phase] ?? 0) < restartLimit) throw new Diverged(problem)
    if (warnings.some(({ code }) => code === 'goes-on')) return
    this.#warn(message('goes-on', { problem: inside('reason', problem), step, phase, times: restartLimit }))
  }

  #warn(warning: Message): void {
    this.#state.warnings = [...this.#state.warnings, warning]
    this.#context.log('warn', wordsIn('en').text('warning', warning))
  }

  /** Back to the last good checkpoint, or to the beginning, with half the learning rate. */
  async #goBack(problem: Message): Promise<Checkpoint | null> {
    const { phase, step, good, restarts, warnings } = this.#state
    const times = (restarts[phase] ?? 0) + 1
    if (times > restartLimit) {
      throw new Failure('training-diverged', {
        problem: inside('reason', problem),
        step,
        stage: phase,
        times,
      })
    }
    const seconds = this.#seconds()
    const checkpoint = good === null ? null : await readCheckpoint(this.#checkpoints, good)
    const from = checkpoint ? trainingStateSchema.parse(checkpoint.state) : this.#beginning()
    this.#state = { ...from, seconds, warnings, restarts: { ...from.restarts, [phase]: times } }
    this.#startedAt = performance.now()
    this.#warn(
      message('went-back', {
        problem: inside('reason', problem),
        step,
        phase,
        backStep: from.step,
        backPhase: from.phase,
        share: 0.5 ** times,
      }),
    )
    // A later resumption must not go on from what is given up here.
    dropCheckpointsAfter(this.#checkpoints, good ?? -1)
    if (checkpoint === null || good === null) return null
    const again = { tensors: checkpoint.tensors, state: this.#state }
    await writeCheckpoint(this.#checkpoints, good, again, { also: good })
    return again
  }

  #secondsLeft(): number | null {
    const pace = this.#pace.step
    const { stages } = this.#definition
    const at = stages.findIndex(({ phase }) => phase === this.#state.phase)
    const present = stages[at]
    if (pace === null || present === undefined) return null
    // Until a later stage has a pace of its own, its steps take as long as they cost.
    const later = stages
      .slice(at + 1)
      .reduce((sum, { steps, cost }) => sum + (steps * pace * cost) / present.cost, 0)
    return ((present.steps - this.#state.step) * pace + later) / 1000
  }
}
