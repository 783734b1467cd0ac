/**
 * Trains f-AnoGAN from the beginning or from a checkpoint, stage 1 and stage 2, then measures the normal
 * validation images for calibration. The same seed, images and machine give the same weights bit for bit,
 * however often the training was interrupted.
 */
import { join } from 'node:path'
import { z } from 'zod'
import { Failure } from '../../../../shared/failure.ts'
import { createRandom, type Random, restoreRandom } from '../../../random.ts'
import { cutTile } from '../../data/geometry.ts'
import { ImageCache, unpack } from '../../data/image-cache.ts'
import { type SamplerState, TrainingBatches } from '../../data/training-batches.ts'
import { pooledStatistics } from '../../networks/measure.ts'
import type { TrainResult } from '../../protocol.ts'
import { calibrate } from '../../scoring/calibrate.ts'
import { writeModel } from '../../scoring/model-file.ts'
import { Cancelled } from '../../task-control.ts'
import type { Variable } from '../../tensorflow.ts'
import { digestOf, readNewestCheckpoint, writeCheckpoint } from '../../training/checkpoint.ts'
import type { TrainingContext } from '../../training/context.ts'
import { Pace } from '../../training/pace.ts'
import { writeSheet } from '../../training/preview.ts'
import type { TensorMap } from '../../training/safetensors.ts'
import { type FanoganConfig, fanoganConfigSchema } from './config.ts'
import { createEncoderStage, pairCount } from './encoder-stage.ts'
import { createGanStage, previewCount } from './gan-stage.ts'
import { createFanoganWeights, disposeWeights, loadWeights, readWeights } from './networks.ts'
import { createFanoganScorer } from './scorer.ts'

/** Decoded training images kept in memory, in bytes. */
const cacheLimit = 512 * 2 ** 20

/** Batches that batch norm statistics are measured on. */
const statisticBatches = 32

/** Curve points of one stage, about. */
const pointsPerStage = 400

/** Validation images that choose the encoder, at most. */
const validationLimit = 512

const randomStateSchema = z.object({
  words: z.tuple([z.number(), z.number(), z.number(), z.number()]),
  spare: z.number().nullable(),
})
const stateSchema = z.object({
  phase: z.enum(['gan', 'encoder']),
  /** Steps of the phase that are done. */
  step: z.int().nonnegative(),
  seconds: z.number(),
  sampler: z.object({ random: randomStateSchema, left: z.array(z.int()) }),
  noise: randomStateSchema,
  losses: z.record(z.string(), z.number()),
  best: z.object({ step: z.int(), value: z.number() }).nullable(),
})
type TrainingState = z.infer<typeof stateSchema>

/** Learning rate at a step: constant, or down to a tenth along half a cosine (Loshchilov and Hutter 2017). */
export function rateAt(base: number, step: number, total: number, decay: boolean): number {
  if (!decay) return base
  return base * (0.1 + 0.45 * (1 + Math.cos((Math.PI * step) / total)))
}

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

export async function trainFanogan(context: TrainingContext): Promise<TrainResult> {
  const config = fanoganConfigSchema.parse(context.task.config)
  return new FanoganTraining(context, config).run()
}

class FanoganTraining {
  readonly #context: TrainingContext
  readonly #config: FanoganConfig
  readonly #cache: ImageCache
  readonly #validation: ImageCache
  readonly #pace = new Pace(() => performance.now())
  readonly #root: Random
  #state: TrainingState
  #startedAt = performance.now()

  constructor(context: TrainingContext, config: FanoganConfig) {
    this.#context = context
    this.#config = config
    this.#cache = new ImageCache(context.task.train, config, cacheLimit)
    this.#validation = new ImageCache(
      context.task.validation.slice(0, validationLimit),
      config,
      cacheLimit / 4,
    )
    this.#root = createRandom(context.task.seed, 'fanogan')
    this.#state = {
      phase: 'gan',
      step: 0,
      seconds: 0,
      sampler: { random: this.#root.fork('sampler').state(), left: [] },
      noise: this.#root.fork('noise').state(),
      losses: {},
      best: null,
    }
  }

  async run(): Promise<TrainResult> {
    const checkpoint = this.#context.task.resume
      ? await readNewestCheckpoint(this.#checkpoints, (message) => this.#context.log('warn', message))
      : null
    if (checkpoint) this.#state = stateSchema.parse(checkpoint.state)
    else if (this.#context.task.resume) {
      this.#context.log('warn', 'The run has no checkpoint: its training starts from the beginning.')
    }
    const weights = createFanoganWeights(this.#config, this.#root.fork('weights'))
    try {
      let tensors: TensorMap | null = checkpoint?.tensors ?? null
      if (this.#state.phase === 'gan') {
        const fixed = await this.#trainGan(weights, tensors)
        loadWeights(fixed, weights.generator, weights.critic)
        tensors = null
        this.#state = { ...this.#state, phase: 'encoder', step: 0, best: null }
      } else if (tensors) {
        loadWeights(tensors, weights.generator, weights.critic)
      }
      await this.#trainEncoder(weights, tensors)
      return await this.#finish(weights)
    } finally {
      disposeWeights(weights)
    }
  }

  get #checkpoints(): string {
    return join(this.#context.task.folder, 'checkpoints')
  }

  #batches(): TrainingBatches {
    const { size, channels, batch, input, flips, shift } = this.#config
    const state: SamplerState = this.#state.sampler
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

  /** Stage 1. Returns the averaged generator with measured statistics, and the critic. */
  async #trainGan(
    weights: ReturnType<typeof createFanoganWeights>,
    tensors: TensorMap | null,
  ): Promise<TensorMap> {
    const config = this.#config
    const { batch, latent, ganSteps, criticSteps, learningRate, decay } = config
    const stage = createGanStage(config, weights.generator, weights.critic)
    try {
      this.#notice(stage.program.notice)
      if (tensors) stage.program.writeVariables(onlyData(tensors, (name) => name in stage.variables))
      const batches = this.#batches()
      const noise = restoreRandom(this.#state.noise)
      const previewCodes = createRandom(this.#context.task.seed, 'preview').fillNormal(
        new Float32Array(previewCount * latent),
      )
      const z = new Float32Array(batch * latent)
      const mix = new Float32Array(batch)
      const { steps } = stage.program
      const snapshot = () => {
        this.#state.sampler = batches.state()
        this.#state.noise = noise.state()
        return withShapes(stage.program.readVariables(), stage.variables)
      }
      while (this.#state.step < ganSteps) {
        await this.#proceed(snapshot)
        const rate = rateAt(learningRate, this.#state.step, ganSteps, decay)
        let last: Record<string, Float32Array> = {}
        for (let i = 0; i < criticSteps; i++) {
          const x = await batches.next()
          last = steps.critic.run({ x, z: noise.fillNormal(z), mix: noise.fillUniform(mix), rate })
        }
        const { generator } = steps.generator.run({ z: noise.fillNormal(z), rate })
        this.#state.step += 1
        this.#note(
          { critic: last.critic, wasserstein: last.wasserstein, penalty: last.penalty, generator },
          ganSteps,
        )
        if (this.#due(config.previewEvery, ganSteps)) {
          const { images } = steps.sample.run({ z: previewCodes })
          await this.#preview('generated', images, Math.sqrt(previewCount))
        }
        if (this.#due(config.checkpointEvery, ganSteps)) await this.#checkpoint(snapshot())
      }
      const observed = createRandom(this.#context.task.seed, 'statistics')
      const statistics = pooledStatistics(
        Array.from({ length: statisticBatches }, () => steps.observe.run({ z: observed.fillNormal(z) })),
      )
      const last = snapshot()
      const fixed: TensorMap = {}
      for (const [name, tensor] of Object.entries(last)) {
        if (name.startsWith('critic/')) fixed[name] = tensor
        if (name.startsWith('average:')) fixed[name.slice('average:'.length)] = tensor
      }
      for (const [name, data] of Object.entries(statistics)) fixed[name] = { shape: [data.length], data }
      return fixed
    } finally {
      stage.dispose()
    }
  }

  /** Stage 2. Leaves the chosen encoder in `weights`. */
  async #trainEncoder(
    weights: ReturnType<typeof createFanoganWeights>,
    tensors: TensorMap | null,
  ): Promise<void> {
    const config = this.#config
    const { batch, latent, encoderSteps, encoderLearningRate, decay } = config
    const stage = createEncoderStage(config, weights)
    try {
      this.#notice(stage.program.notice)
      const fixed = readWeights(weights.generator, weights.critic)
      let best: Record<string, Float32Array> = {}
      if (tensors) {
        stage.program.writeVariables(onlyData(tensors, (name) => name in stage.variables))
        best = onlyData(tensors, (name) => name.startsWith('best:'))
      }
      const batches = this.#batches()
      const noise = restoreRandom(this.#state.noise)
      const z = new Float32Array(batch * latent)
      const { steps } = stage.program
      const validation = await this.#validationTiles()
      const snapshot = () => {
        this.#state.sampler = batches.state()
        this.#state.noise = noise.state()
        const bestTensors = Object.fromEntries(
          Object.entries(best).map(([name, data]) => [
            name,
            { shape: [...(stage.variables[name.slice('best:'.length)]?.shape ?? [])], data },
          ]),
        )
        return { ...fixed, ...withShapes(stage.program.readVariables(), stage.variables), ...bestTensors }
      }
      while (this.#state.step < encoderSteps) {
        await this.#proceed(snapshot)
        const rate = rateAt(encoderLearningRate, this.#state.step, encoderSteps, decay)
        const x = await batches.next()
        const { encoder } = steps.encoder.run({ x, z: noise.fillNormal(z), rate })
        this.#state.step += 1
        this.#note({ encoder }, encoderSteps)
        if (this.#due(config.validateEvery, encoderSteps)) {
          await this.#measureEncoder(stage)
          const value = this.#validate(stage, validation)
          if (this.#state.best === null || value < this.#state.best.value) {
            this.#state.best = { step: this.#state.step, value }
            const now = stage.program.readVariables()
            best = Object.fromEntries(
              stage.encoderNames.map((name) => [`best:${name}`, now[name] ?? new Float32Array()]),
            )
          }
          this.#context.points([{ phase: 'encoder', step: this.#state.step, name: 'validation', value }])
          this.#state.losses.validation = value
        }
        if (this.#due(config.previewEvery, encoderSteps)) {
          await this.#measureEncoder(stage)
          await this.#previewPairs(stage, validation)
        }
        if (this.#due(config.checkpointEvery, encoderSteps)) await this.#checkpoint(snapshot())
      }
      const chosen: TensorMap = {}
      for (const name of stage.encoderNames) {
        const data = best[`best:${name}`]
        if (data) chosen[name] = { shape: [...(stage.variables[name]?.shape ?? [])], data }
      }
      loadWeights(chosen, weights.encoder)
    } finally {
      stage.dispose()
    }
  }

  /** Measures the encoder's batch norm statistics on training images, the same ones each time. */
  async #measureEncoder(stage: ReturnType<typeof createEncoderStage>): Promise<void> {
    const sampler = createRandom(this.#context.task.seed, 'encoder-statistics').state()
    const { size, channels, batch, input, flips, shift } = this.#config
    const batches = new TrainingBatches({
      cache: this.#cache,
      size,
      channels,
      batch,
      input,
      augmentation: { flips, shift },
      state: { random: sampler, left: [] },
    })
    const observed: Record<string, Float32Array>[] = []
    for (let i = 0; i < statisticBatches / 4; i++) {
      observed.push(stage.program.steps.observe.run({ x: await batches.next() }))
    }
    stage.program.writeVariables(pooledStatistics(observed))
  }

  /** One middle tile (or the whole) of each validation image, padded to full batches. */
  async #validationTiles(): Promise<{ tiles: Float32Array; count: number }> {
    const { batch, size, channels, input } = this.#config
    const count = this.#validation.images.length
    const state = { random: createRandom(this.#context.task.seed, 'validation').state(), left: [] }
    if (count === 0) return { tiles: new Float32Array(), count: 0 }
    const draws = new TrainingBatches({
      cache: this.#validation,
      size,
      channels,
      batch,
      input,
      augmentation: { flips: 'none', shift: 0 },
      state,
    })
    const batches = Math.max(
      1,
      Math.ceil((input === 'tiles' ? Math.min(4 * count, validationLimit) : count) / batch),
    )
    const length = batch * size * size * channels
    const tiles = new Float32Array(batches * length)
    for (let i = 0; i < batches; i++) tiles.set(await draws.next(), i * length)
    return { tiles, count: batches * batch }
  }

  /** The encoder's loss on the validation images with measured statistics; the training loss where there are none. */
  #validate(
    stage: ReturnType<typeof createEncoderStage>,
    validation: { tiles: Float32Array; count: number },
  ): number {
    const { batch, size, channels, k } = this.#config
    const length = batch * size * size * channels
    if (validation.count === 0) return this.#state.losses.encoder ?? 0
    let sum = 0
    for (let at = 0; at < validation.tiles.length; at += length) {
      const { residual, feature } = stage.program.steps.validate.run({
        x: validation.tiles.subarray(at, at + length),
      })
      for (let i = 0; i < batch; i++) sum += (residual?.[i] ?? 0) + k * (feature?.[i] ?? 0)
    }
    return sum / validation.count
  }

  async #previewPairs(
    stage: ReturnType<typeof createEncoderStage>,
    validation: { tiles: Float32Array; count: number },
  ): Promise<void> {
    const { size, channels } = this.#config
    const length = pairCount * size * size * channels
    const x =
      validation.count >= pairCount ? validation.tiles.slice(0, length) : await this.#trainingTiles(length)
    const { images } = stage.program.steps.reconstruct.run({ x })
    const sheet = new Float32Array(2 * length)
    sheet.set(x)
    sheet.set(images, length)
    await this.#preview('reconstructed', sheet, pairCount)
  }

  async #trainingTiles(length: number): Promise<Float32Array> {
    const { size, channels } = this.#config
    const tiles = new Float32Array(length)
    const one = size * size * channels
    for (let i = 0; i < pairCount; i++) {
      const picture = await this.#cache.load(i % this.#cache.images.length)
      const tile = tiles.subarray(i * one, (i + 1) * one)
      cutTile(picture, { left: 0, top: 0 }, size, tile)
      unpack(tile)
    }
    return tiles
  }

  /** Writes the model and measures the normal validation images. */
  async #finish(weights: ReturnType<typeof createFanoganWeights>): Promise<TrainResult> {
    const { task } = this.#context
    const tensors = readWeights(weights.generator, weights.critic, weights.encoder)
    const weightsSha256 = digestOf(tensors)
    const scorer = createFanoganScorer(this.#config, weights, Math.min(32, this.#config.batch))
    try {
      const measured = await calibrate({
        context: this.#context,
        scorer,
        mode: this.#config,
        options: {
          kind: this.#config.score,
          k: this.#config.k,
          reduction: this.#config.reduction,
          latent: this.#config.latent,
        },
        discriminatorSamples: this.#config.discriminatorSamples,
        overlap: this.#config.overlap,
        training: this.#cache,
        // The checkpoint of the last step stands: what is stopped here is measured again.
        proceed: async () => {
          if (!(await this.#goesOn())) throw new Cancelled(this.#offset + this.#state.step)
        },
      })
      await writeModel(task.folder, {
        tensors,
        description: {
          format: 1,
          model: 'fanogan',
          config: this.#config,
          componentNames: scorer.componentNames,
          ...measured,
          weightsSha256,
        },
      })
      return {
        steps: this.#config.ganSteps + this.#config.encoderSteps,
        seconds: this.#seconds(),
        losses: this.#state.losses,
        chosen: this.#state.best && { ...this.#state.best, criterion: 'encoder loss on validation images' },
        calibration: measured.calibration,
        mapScale: measured.mapScale,
        expectedCriticValue: measured.expectedCriticValue,
        componentNames: scorer.componentNames,
        weightsSha256,
      }
    } finally {
      scorer.dispose()
    }
  }

  #seconds(): number {
    return this.#state.seconds + (performance.now() - this.#startedAt) / 1000
  }

  get #offset(): number {
    return this.#state.phase === 'gan' ? 0 : this.#config.ganSteps
  }

  /** Lets messages in; on a cancel writes a checkpoint and ends the training. */
  async #proceed(snapshot: () => TensorMap): Promise<void> {
    if (await this.#goesOn()) return
    await this.#checkpoint(snapshot())
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

  async #checkpoint(tensors: TensorMap): Promise<void> {
    const order = this.#offset + this.#state.step
    const state: TrainingState = { ...this.#state, seconds: this.#seconds() }
    const file = await writeCheckpoint(this.#checkpoints, order, { tensors, state })
    this.#context.checkpoint(this.#state.phase, this.#state.step, `checkpoints/${file}`)
    this.#pace.skip()
  }

  #due(every: number, total: number): boolean {
    return this.#state.step % every === 0 || this.#state.step === total
  }

  /** Keeps the losses, tells of points and progress, and stops a training that diverged. */
  #note(losses: Record<string, Float32Array | undefined>, total: number): void {
    const { step, phase } = this.#state
    const values = Object.fromEntries(
      Object.entries(losses).map(([name, value]) => [name, value?.[0] ?? Number.NaN]),
    )
    for (const [name, value] of Object.entries(values)) {
      if (!Number.isFinite(value)) {
        throw new Failure(
          'training-diverged',
          `The ${name} loss is no longer a number at step ${step} of stage "${phase}".`,
          'Train again with a smaller learning rate; the last checkpoint is kept.',
        )
      }
    }
    Object.assign(this.#state.losses, values)
    this.#pace.tick()
    if (step % Math.max(1, Math.floor(total / pointsPerStage)) === 0) {
      this.#context.points(Object.entries(values).map(([name, value]) => ({ phase, step, name, value })))
    }
    const { ganSteps, encoderSteps } = this.#config
    this.#context.progress(phase, this.#offset + step, ganSteps + encoderSteps, this.#secondsLeft())
  }

  #secondsLeft(): number | null {
    const pace = this.#pace.step
    if (pace === null) return null
    const { ganSteps, encoderSteps, criticSteps } = this.#config
    const { step, phase } = this.#state
    if (phase === 'encoder') return ((encoderSteps - step) * pace) / 1000
    // Until the encoder's own pace is known: its step costs about as much as one critic step.
    return ((ganSteps - step) * pace + (encoderSteps * pace) / (criticSteps + 0.6)) / 1000
  }

  async #preview(name: string, images: Float32Array, columns: number): Promise<void> {
    const { size, channels } = this.#config
    const step = this.#offset + this.#state.step
    const file = `previews/${name}-${step}.png`
    await writeSheet(join(this.#context.task.folder, file), images, { side: size, channels, columns })
    this.#context.preview(name, file, step)
    this.#pace.skip()
  }

  #notice(notice: string | null): void {
    if (notice) this.#context.log('warn', notice)
  }
}
