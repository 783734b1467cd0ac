import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compileAll, defineStep } from '../../../../src/main/engine/graph/compile.ts'
import { constant, createWeights, type Weights } from '../../../../src/main/engine/networks/weights.ts'
import type { TrainResult, TrainTask } from '../../../../src/main/engine/protocol.ts'
import { Cancelled, TaskControl } from '../../../../src/main/engine/task-control.ts'
import { tf } from '../../../../src/main/engine/tensorflow.ts'
import type { TrainingContext } from '../../../../src/main/engine/training/context.ts'
import {
  collapseOf,
  restartLimit,
  spreadOf,
  watchEvery,
} from '../../../../src/main/engine/training/divergence.ts'
import type { TrainingDefinition } from '../../../../src/main/engine/training/stage.ts'
import { runTraining } from '../../../../src/main/engine/training/training.ts'
import { type Message, message } from '../../../../src/shared/messages/message.ts'
import { wordsIn } from '../../../../src/shared/messages/words.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { keptIn, trainingContext, writeParts } from '../parts.ts'

interface Play {
  /** Whether a step's loss is a number. */
  holds?: (step: number, rate: number) => boolean
  /** What the watch sees after a step. */
  sees?: (step: number, rate: number) => Message | null
}

const english = wordsIn('en')
const inWords = (warnings: readonly Message[]): string[] =>
  warnings.map((warning) => english.text('warning', warning))

const steps = 60

/** A system of one weight, which random parts of the learning rate are added to; it goes wrong as it is told to. */
function played({ holds = () => true, sees = () => null }: Play): TrainingDefinition<{ network: Weights }> {
  return {
    model: 'played',
    config: {
      size: 32,
      channels: 1,
      scale: 1,
      resizing: 'exact',
      normalization: 'none',
      input: 'whole',
      batch: 2,
      flips: 'none',
      shift: 0,
      overlap: 0.5,
      discriminatorSamples: 2,
      precision: 'float32' as const,
      trainingPrecision: 'float32' as const,
      checkpointEvery: 10,
      previewEvery: 1000,
    },
    learning: null,
    scoring: { kind: 'discriminator', k: 1, reduction: 'max', latent: 1 },
    stages: [
      {
        phase: 'gan',
        steps,
        learningRate: 1,
        decay: false,
        cost: 1,
        given: () => [],
        makes: ({ network }) => [network],
        open({ network }, tools) {
          const weight = network.variables['network/weight']
          if (!weight) throw new RangeError('the network has one weight')
          // Among the variables, so that it goes back with them.
          const count = tf.variable(tf.scalar(0), false)
          const program = compileAll({
            variables: { 'network/weight': weight, count },
            steps: {
              add: defineStep({
                inputs: { amount: { shape: [1] } },
                step: ({ amount }) => {
                  weight.assign(tf.add(weight, amount))
                  count.assign(tf.add(count, 1))
                  return { sum: weight.clone(), count: count.clone() }
                },
              }),
            },
          })
          let last = { step: 0, rate: 0 }
          return {
            program,
            variables: { 'network/weight': weight, count },
            async step(rate) {
              await tools.batches.next()
              const amount = Float32Array.of(rate * tools.noise.uniform())
              const result = program.steps.add.run({ amount })
              last = { step: result.count[0] ?? 0, rate }
              return { sum: holds(last.step, rate) ? result.sum : Float32Array.of(Number.NaN) }
            },
            watch: () => sees(last.step, last.rate),
            preview: async () => undefined,
            async end() {
              const { 'network/weight': data = new Float32Array(1) } = program.readVariables()
              return { 'network/weight': { shape: [1], data } }
            },
            dispose() {
              program.dispose()
              count.dispose()
            },
          }
        },
      },
    ],
    createWeights(random) {
      const network = createWeights('network', random)
      network.get('weight', [1], constant(0))
      return { network }
    },
    createScorer: () => ({
      size: 32,
      channels: 1,
      batch: 2,
      componentNames: ['discriminator'],
      score: () => ({ components: new Float32Array(2), pictures: null }),
      discriminate: () => new Float32Array(2),
      dispose: () => undefined,
    }),
  }
}

async function taskIn(): Promise<TrainTask> {
  const images = await writeParts(temporaryFolder(), 4)
  return {
    kind: 'train',
    task: 't',
    run: 'r',
    folder: join(temporaryFolder(), 'run'),
    model: 'played',
    config: {},
    seed: 1,
    resume: false,
    train: images.slice(0, 2),
    validation: images.slice(2),
  }
}

function train(task: TrainTask, play: Play, listeners: Partial<TrainingContext> = {}): Promise<TrainResult> {
  return runTraining(trainingContext(task, listeners), played(play))
}

describe('a training whose loss is no number any more', () => {
  const breaksAt34: Play = { holds: (step, rate) => step < 34 || rate < 1 }

  it('goes back to its last good checkpoint and on with half the learning rate, and says so', async () => {
    const said: string[] = []
    const seen: number[] = []
    const result = await train(await taskIn(), breaksAt34, {
      log: keptIn(said),
      progress: (phase, done) => void (phase === 'gan' && seen.push(done)),
    })
    expect(seen.slice(32, 35)).toEqual([33, 31, 32])
    expect(result.steps).toBe(steps)
    expect(inWords(result.warnings)).toEqual([
      expect.stringMatching(/sum loss is no longer a number, at step 34.*back to step 30.*0\.5/),
    ])
    expect(said).toEqual(inWords(result.warnings))
  })

  it('ends at the same weights however it was stopped on the way', async () => {
    const wanted = await train(await taskIn(), breaksAt34)
    for (const moments of [[3], [31], [32, 33], [33, 35], [30, 31, 32, 33, 34], [45]]) {
      const task = await taskIn()
      let resume = false
      for (const moment of moments) {
        const control = new TaskControl()
        let times = 0
        const progress = (phase: string, done: number): void => {
          if (phase === 'gan' && done === moment) {
            times += 1
            control.cancel()
          }
        }
        await train({ ...task, resume }, breaksAt34, { control, progress }).catch((error) => {
          if (!(error instanceof Cancelled)) throw error
        })
        expect(times, `stopped at ${moment}`).toBe(1)
        resume = true
      }
      const result = await train({ ...task, resume: true }, breaksAt34)
      expect(result.weightsSha256, `stopped at ${moments}`).toBe(wanted.weightsSha256)
      expect(result.warnings).toEqual(wanted.warnings)
    }
  })

  it('starts anew where it has no good checkpoint yet', async () => {
    const result = await train(await taskIn(), { holds: (step, rate) => step < 5 || rate < 1 })
    expect(inWords(result.warnings)).toEqual([expect.stringMatching(/at step 5.*back to step 0/)])
  })

  it('gives up after a few times and keeps the last good checkpoint', async () => {
    const task = await taskIn()
    const said: string[] = []
    const training = train(task, { holds: (step) => step < 34 }, { log: keptIn(said) })
    await expect(training).rejects.toMatchObject({
      code: 'training-diverged',
      remedy: expect.stringContaining('learning rate'),
    })
    expect(said.map((message) => /goes on with ([\d.]+) of/.exec(message)?.[1])).toEqual([
      '0.5',
      '0.25',
      '0.125',
    ])
    expect(said).toHaveLength(restartLimit)
    expect(readdirSync(join(task.folder, 'checkpoints'))).toContain('000000030.safetensors')
  })
})

describe('a training whose networks collapse', () => {
  it('is noticed within 50 steps and goes back to before that', async () => {
    const seen: number[] = []
    const result = await train(
      await taskIn(),
      { sees: (step, rate) => (step >= 26 && rate === 1 ? message('critic-flat') : null) },
      { progress: (phase, done) => void (phase === 'gan' && seen.push(done)) },
    )
    expect(watchEvery).toBeLessThanOrEqual(50)
    const back = seen.findIndex((done, i) => done < (seen[i - 1] ?? 0))
    expect([seen[back - 1], seen[back]]).toEqual([30, 21])
    expect(inWords(result.warnings)).toEqual([
      expect.stringContaining('The critic gives every image the same value, at step 30'),
    ])
  })

  it('that no smaller rate helps is said once and goes on', async () => {
    const result = await train(await taskIn(), { sees: () => message('critic-flat') })
    expect(result.steps).toBe(steps)
    expect(result.warnings).toHaveLength(restartLimit + 1)
    expect(inWords(result.warnings).at(-1)).toContain('goes on as it is')
  })
})

describe('the spread of pictures', () => {
  it('is the mean over pixels of the standard deviation over pictures', () => {
    expect(spreadOf(Float32Array.of(1, 0, 3, 0), 2)).toBeCloseTo(0.5, 6)
  })

  it('is a collapse where it is a hundredth of that of photographs, and not where those are all the same', () => {
    const real = { pictures: Float32Array.of(0, 1), count: 2 }
    expect(collapseOf({ pictures: Float32Array.of(0, 0.004), count: 2 }, real)).toMatchObject({
      code: 'pictures-alike',
    })
    expect(collapseOf({ pictures: Float32Array.of(0, 0.02), count: 2 }, real)).toBeNull()
    const same = { pictures: Float32Array.of(1, 1), count: 2 }
    expect(collapseOf({ pictures: Float32Array.of(0, 0), count: 2 }, same)).toBeNull()
    expect(collapseOf({ pictures: Float32Array.of(0, Number.NaN), count: 2 }, real)).toEqual(
      message('pictures-not-numbers'),
    )
  })
})
