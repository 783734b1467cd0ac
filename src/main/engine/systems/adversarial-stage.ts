/**
 * The training of a generator against a critic (or discriminator) as one program of compiled steps. What the
 * two minimize and how their weights move is the system's own: its `Objective`.
 */

import type { Message } from '../../../shared/messages/message.ts'
import type { TensorMap } from '../../model/safetensors.ts'
import { compileAll, defineStep } from '../graph/compile.ts'
import type { Optimizer } from '../graph/optimizers.ts'
import type { Networks } from '../networks/blocks.ts'
import { observing, pooledStatistics, statisticBatches, statisticsOver } from '../networks/measure.ts'
import { isStatistic, trainable, type Weights } from '../networks/weights.ts'
import { type Tensor, tf, type Variable } from '../tensorflow.ts'
import { collapseOf } from '../training/divergence.ts'
import { lossGradients } from '../training/gradients.ts'
import { chamferDistance, pooled, pooledSide } from '../training/likeness.ts'
import type { Losses, Stage, StageDefinition, StageTools } from '../training/stage.ts'

/** Pictures in a preview of G(z). */
const previewCount = 16

/** Generated pictures, a multiple of those of a preview, and photographs that are compared where weights are chosen. */
const comparedCount = 256

/** One batch as the critic sees it: `value` is D of images, as a logit where D is a probability. */
export interface CriticBatch {
  value: (images: Tensor) => Tensor
  real: Tensor
  fake: Tensor
  /** eps ~ U[0,1], one a sample: [N, 1, 1, 1]. */
  mix: Tensor
}

export interface Objective {
  /** What D minimizes, and parts of it to show by name. */
  critic(batch: CriticBatch): { loss: Tensor; parts: Readonly<Record<string, Tensor>> }
  /** What G minimizes, from D(G(z)). */
  generator(fake: Tensor): Tensor
  optimizer: { name: string; create(weights: Readonly<Record<string, Variable>>): Optimizer }
  /** Each weight of D is kept in [-clip, clip] after each of its steps. */
  clip?: number
  /** What is wrong with D, from the losses of a step; null where nothing is. */
  criticProblem(losses: Readonly<Record<string, number>>): Message | null
}

export interface AdversarialConfig {
  batch: number
  latent: number
  ganSteps: number
  criticSteps: number
  /** Steps of the critic before the generator's first one, besides its usual ones; none where it is left out. */
  criticWarmUp?: number
  learningRate: number
  /** The generator's learning rate as a multiple of the critic's; 1 where it is left out. */
  generatorRate?: number
  decay: boolean
  /** Decay of the moving average of the generator; 0 for none. */
  average: number
  /** Steps between two looks at the validation images; 0, or left out, where the last weights are kept. */
  ganValidateEvery?: number
  /** Looks without a better one before the stage ends; 0, or left out, for never. */
  ganPatience?: number
}

/** Weights that follow others as a moving average; they have the same names in another scope. */
function averageOf(weights: Weights): Weights {
  const variables: Record<string, Variable> = {}
  for (const [name, variable] of Object.entries(weights.variables)) {
    variables[name] = tf.tidy(() => tf.variable(variable, false))
  }
  return {
    variables,
    get(name) {
      const variable = variables[`generator/${name}`]
      if (!variable) throw new RangeError(`the generator has no weight ${name}`)
      return variable
    },
  }
}

/** The compiled steps of the stage on the weights `g` and `d`. */
export function createAdversarialSteps(
  config: AdversarialConfig,
  networks: Networks,
  objective: Objective,
  g: Weights,
  d: Weights,
) {
  const { batch, latent, average } = config
  const { size, channels } = networks.shape
  const gWeights = trainable(g)
  const dWeights = trainable(d)
  const gOptimizer = objective.optimizer.create(gWeights)
  const dOptimizer = objective.optimizer.create(dWeights)
  const averaged = averageOf(g)

  const variables: Record<string, Variable> = {}
  const list = (prefix: string, set: Readonly<Record<string, Variable>>) => {
    for (const [name, variable] of Object.entries(set)) variables[prefix + name] = variable
  }
  list('', gWeights)
  list('', dWeights)
  list(`${objective.optimizer.name}:generator/`, gOptimizer.slots)
  list(`${objective.optimizer.name}:critic/`, dOptimizer.slots)
  for (const [name, variable] of Object.entries(averaged.variables)) {
    if (!isStatistic(name)) variables[`average:${name}`] = variable
  }

  const byBatch = { from: 'batch' } as const
  const images = { shape: [batch, size, size, channels] }
  const codes = { shape: [batch, latent] }
  const program = compileAll({
    variables,
    steps: {
      /** One update of D. */
      critic: defineStep({
        inputs: { x: images, z: codes, mix: { shape: [batch, 1, 1, 1] }, rate: { shape: [] } },
        step: ({ x, z, mix, rate }): Record<string, Tensor> => {
          const fake = networks.generator(g, z, byBatch)
          const kept: Record<string, Tensor> = {}
          const { loss, gradients } = lossGradients(() => {
            const value = (image: Tensor) => networks.critic(d, image, byBatch).value
            const result = objective.critic({ value, real: x, fake, mix })
            for (const [name, part] of Object.entries(result.parts)) kept[name] = tf.keep(part.clone())
            return result.loss
          }, dWeights)
          dOptimizer.apply(gradients, rate)
          const { clip } = objective
          if (clip !== undefined) {
            tf.tidy(() => {
              for (const weight of Object.values(dWeights)) weight.assign(tf.clipByValue(weight, -clip, clip))
            })
          }
          // The parts outlive the gradient's scope; in that of the step they go with it.
          const parts = Object.entries(kept).map(([name, part]) => [name, part.clone()] as const)
          tf.dispose(kept)
          return { critic: loss, ...Object.fromEntries(parts) }
        },
      }),
      /** One update of G, and of its average. */
      generator: defineStep({
        inputs: { z: codes, rate: { shape: [] } },
        step: ({ z, rate }) => {
          const { loss, gradients } = lossGradients(
            () => objective.generator(networks.critic(d, networks.generator(g, z, byBatch), byBatch).value),
            gWeights,
          )
          gOptimizer.apply(gradients, rate)
          tf.tidy(() => {
            for (const [name, weight] of Object.entries(gWeights)) {
              const follower = averaged.variables[name]
              if (follower) follower.assign(tf.add(tf.mul(follower, average), tf.mul(weight, 1 - average)))
            }
          })
          return { generator: loss }
        },
      }),
      /** Statistics of the averaged generator's batch norm layers on one batch; G(z) where it has none. */
      observe: defineStep({
        inputs: { z: codes },
        step: ({ z }): Record<string, Tensor> => {
          const { mode, statistics } = observing('generator')
          const images = networks.generator(averaged, z, mode)
          return networks.haveStatistics ? statistics : { images }
        },
      }),
      /** Statistics of the critic's batch norm layers on one batch of photographs; D(x) where it has none. */
      observeCritic: defineStep({
        inputs: { x: images },
        step: ({ x }): Record<string, Tensor> => {
          const { mode, statistics } = observing('critic')
          const { value } = networks.critic(d, x, mode)
          return networks.criticHasStatistics ? statistics : { value }
        },
      }),
      /** Pictures of the averaged generator, normalized by their own batch. */
      sample: defineStep({
        inputs: { z: { shape: [previewCount, latent] } },
        step: ({ z }) => ({ images: networks.generator(averaged, z, byBatch) }),
      }),
    },
  })
  return {
    program,
    variables,
    dispose() {
      program.dispose()
      tf.dispose([gOptimizer.slots, dOptimizer.slots, averaged.variables])
    },
  }
}

/** The stage of a training that leaves the averaged generator and the critic, both with measured statistics. */
export function adversarialStage<W extends { generator: Weights; critic: Weights }>(
  config: AdversarialConfig,
  networks: Networks,
  objective: Objective,
): StageDefinition<W> {
  const { ganSteps, learningRate, decay, criticSteps, ganValidateEvery = 0, ganPatience = 0 } = config
  return {
    phase: 'gan',
    steps: ganSteps,
    learningRate,
    decay,
    // A generator step costs about 0.6 of a critic step.
    cost: criticSteps + 0.6,
    ...(ganValidateEvery > 0 && {
      choosing: {
        every: ganValidateEvery,
        patience: ganPatience,
        criterion: (images) => `distance of generated pictures from ${images} and back`,
      },
    }),
    given: () => [],
    makes: ({ generator, critic }) => [generator, critic],
    open: ({ generator, critic }, tools) =>
      openStage(
        config,
        networks,
        objective,
        createAdversarialSteps(config, networks, objective, generator, critic),
        tools,
      ),
  }
}

function openStage(
  config: AdversarialConfig,
  networks: Networks,
  objective: Objective,
  { program, variables, dispose }: ReturnType<typeof createAdversarialSteps>,
  tools: StageTools,
): Stage {
  const { batch, latent, criticSteps, criticWarmUp = 0, generatorRate = 1 } = config
  const { size, channels } = networks.shape
  const { steps } = program
  const { batches, noise } = tools
  const z = new Float32Array(batch * latent)
  const mix = new Float32Array(batch)
  const previewCodes = tools.random('preview').fillNormal(new Float32Array(previewCount * latent))
  let seen: Float32Array = new Float32Array()
  let last: Record<string, number> = {}

  // Windows of features are a few cells wide and have no grain.
  const square = networks.shape.of === 'features' ? 1 : pooledSide
  const cells = (size / square) ** 2 * channels

  /** Photographs that generated pictures are compared with: validation images, or training images where there are none. */
  async function photographs(): Promise<Float32Array> {
    const { tiles, count } = await tools.validation()
    if (count > 0)
      return pooled(tiles.subarray(0, comparedCount * size * size * channels), size, channels, square)
    const drawn = tools.batchesFor('choice')
    const all = new Float32Array(Math.ceil(comparedCount / batch) * batch * cells)
    for (let at = 0; at < all.length; at += batch * cells) {
      all.set(pooled(await drawn.next(), size, channels, square), at)
    }
    return all
  }

  return {
    program,
    variables,
    choice: {
      // What `end` makes the networks of.
      variables: Object.keys(variables).filter((name) => /^(critic\/|average:)/.test(name)),
      async measure() {
        // Beside the stream of random numbers, and the same each time.
        const random = tools.random('choice')
        const codes = new Float32Array(previewCount * latent)
        const generated = new Float32Array(comparedCount * cells)
        for (let at = 0; at < generated.length; at += previewCount * cells) {
          const { images } = steps.sample.run({ z: random.fillNormal(codes) })
          generated.set(pooled(images, size, channels, square), at)
        }
        return chamferDistance(await photographs(), generated, cells)
      },
    },
    async step(rate, done) {
      let critic: Losses = {}
      for (let i = done === 0 ? -criticWarmUp : 0; i < criticSteps; i++) {
        const x = await batches.next()
        seen = x
        critic = steps.critic.run({ x, z: noise.fillNormal(z), mix: noise.fillUniform(mix), rate })
      }
      const losses: Losses = {
        ...critic,
        ...steps.generator.run({ z: noise.fillNormal(z), rate: rate * generatorRate }),
      }
      last = Object.fromEntries(
        Object.entries(losses).map(([name, value]) => [name, value?.[0] ?? Number.NaN]),
      )
      return losses
    },
    watch() {
      const pictures = steps.sample.run({ z: previewCodes }).images
      return (
        objective.criticProblem(last) ??
        collapseOf({ pictures, count: previewCount }, { pictures: seen, count: batch })
      )
    },
    async preview() {
      const { images } = steps.sample.run({ z: previewCodes })
      await tools.preview('generated', images, Math.sqrt(previewCount))
    },
    async end(best) {
      // Those that were chosen; without a choice there are none, and the last ones stay.
      program.writeVariables(
        Object.fromEntries(Object.entries(best).map(([name, tensor]) => [name, tensor.data])),
      )
      const observed = tools.random('statistics')
      const statistics = networks.haveStatistics
        ? pooledStatistics(
            Array.from({ length: statisticBatches }, () => steps.observe.run({ z: observed.fillNormal(z) })),
          )
        : {}
      if (networks.criticHasStatistics) {
        const photographs = tools.batchesFor('critic-statistics')
        Object.assign(statistics, await statisticsOver(photographs, (x) => steps.observeCritic.run({ x })))
      }
      const fixed: TensorMap = {}
      for (const [name, data] of Object.entries(program.readVariables())) {
        const tensor = { shape: [...(variables[name]?.shape ?? [])], data }
        if (name.startsWith('critic/')) fixed[name] = tensor
        if (name.startsWith('average:')) fixed[name.slice('average:'.length)] = tensor
      }
      for (const [name, data] of Object.entries(statistics)) fixed[name] = { shape: [data.length], data }
      return fixed
    },
    dispose,
  }
}
