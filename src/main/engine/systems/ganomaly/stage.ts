import { elementAt } from '../../../../shared/element-at.ts'
import type { GanomalyConfig } from '../../../model/systems/ganomaly/config.ts'
import { statisticsOver } from '../../networks/measure.ts'
import { collapseOf } from '../../training/divergence.ts'
import { previewPairs } from '../../training/pairs.ts'
import type { Stage, StageDefinition, StageTools } from '../../training/stage.ts'
import { freshDiscriminator, type GanomalyWeights } from './networks.ts'
import { createGanomalySteps } from './steps.ts'

/** If the discriminator loss is below this, the discriminator is reset, as in the authors' code. */
const collapsed = 1e-5

/** The one stage of GANomaly; it leaves the networks with the lowest loss on the normal validation images. */
export function ganomalyStage(config: GanomalyConfig): StageDefinition<GanomalyWeights> {
  const { steps, learningRate, decay, validateEvery, patience } = config
  return {
    phase: 'autoencoder',
    steps,
    learningRate,
    decay,
    cost: 1,
    choosing: {
      every: validateEvery,
      patience,
      criterion: (images) => `image and code loss on ${images}`,
    },
    given: () => [],
    makes: (weights) => Object.values(weights),
    open: (weights, tools) => openStage(config, createGanomalySteps(config, weights), tools),
  }
}

function openStage(
  config: GanomalyConfig,
  { program, variables, pairs, shape, networkNames, dispose }: ReturnType<typeof createGanomalySteps>,
  tools: StageTools,
): Stage {
  const { batch, contextWeight, encoderWeight } = config
  const { size, channels } = shape
  const { steps } = program
  const length = batch * size * size * channels
  let seen: Float32Array = new Float32Array()
  let trainingLoss = 0

  /** Measures the batch norm statistics on training images, the same ones each time. */
  async function measureStatistics(): Promise<void> {
    // Networks of windows of features have no batch norm.
    if (shape.of === 'features') return
    const photographs = tools.batchesFor('statistics')
    program.writeVariables(await statisticsOver(photographs, (x) => steps.observe.run({ x })))
  }

  return {
    program,
    variables,
    async step(rate) {
      seen = await tools.batches.next()
      const losses = steps.train.run({ x: seen, rate })
      trainingLoss =
        contextWeight * elementAt(losses.context, 0, 'image loss') +
        encoderWeight * elementAt(losses.code, 0, 'code loss')
      if (elementAt(losses.discriminator, 0, 'discriminator loss') < collapsed) {
        program.writeVariables(freshDiscriminator(config, tools.noise))
        tools.log('info', `The discriminator told everything apart and starts anew.`)
      }
      return losses
    },
    watch() {
      const pictures = steps.restoreNow.run({ x: seen }).images
      return collapseOf({ pictures, count: batch }, { pictures: seen, count: batch })
    },
    choice: {
      variables: networkNames,
      /** Image and code loss with measured statistics; the training loss where there are no validation images. */
      async measure() {
        await measureStatistics()
        const { tiles, count } = await tools.validation()
        if (count === 0) return trainingLoss
        let sum = 0
        for (let at = 0; at < tiles.length; at += length) {
          const { context, code } = steps.validate.run({ x: tiles.subarray(at, at + length) })
          for (let i = 0; i < batch; i++) {
            sum +=
              contextWeight * elementAt(context, i, 'image distances') +
              encoderWeight * elementAt(code, i, 'code distances')
          }
        }
        return sum / count
      },
    },
    async preview() {
      await measureStatistics()
      const shown = { count: pairs, one: size * size * channels }
      await previewPairs(tools, shown, (x) => steps.reconstruct.run({ x }).images)
    },
    end: async (best) => best,
    dispose,
  }
}
