import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { hasBfloat16 } from '../../../../src/main/engine/graph/bfloat16.ts'
import { DataTypes } from '../../../../src/main/engine/graph/ir.ts'
import type { EngineImage } from '../../../../src/main/engine/protocol.ts'
import { provider } from '../../../../src/main/engine/tensorflow.ts'
import { sharedFolder } from '../../store/temporary-folder.ts'
import { describeCompiled } from '../graph/native.ts'
import { keptIn, train, trainingOf, writeParts } from '../parts.ts'

type Losses = Readonly<Record<string, number>>

/** On any processor: bfloat16 is not asked of it, and `rounded` computes as one that has it would. */
const withoutHardware = { ONEDNN_MAX_CPU_ISA: 'AVX2', FANOSCOPE_BFLOAT16: '' }
const emulated = { ...withoutHardware, FANOSCOPE_BFLOAT16: 'rounded' }

/** As TensorFlow numbers it: 3 bits of mantissa, implicit one included, where bfloat16 has 8. */
const float8 = 24

const { bfloat16 } = DataTypes

afterEach(() => {
  vi.unstubAllEnvs()
  Object.assign(DataTypes, { bfloat16 })
})

const set = (variables: Readonly<Record<string, string>>): void => {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value)
}

/**
 * By how much precision may move a loss. Which way each product is rounded depends on the processor and on the order
 * in which it sums, and a training carries that on, so a bound on one loss of one seed would describe one machine.
 * What does not depend on it is the scale: seeds move a loss too, by a standard deviation that trainings in float32
 * show. If precision moves losses by `r` such deviations, trainings vary by `1 + r * r` of the variance that they
 * have anyhow. With r = 0.1 that is one part in a hundred, which nobody who compares trainings can find: the standard
 * error of a variance from n trainings is `sqrt(2 / n)` of it, so it would take 20,000.
 *
 * Rounding to 8 bits gives r from 0.02 to 0.04. To 3 bits it gives 0.2, which shows that the bound does catch a
 * precision that is broken.
 */
const bound = 0.1

/** How far the losses of `others` are from those of `full`, seed by seed: root mean square, in deviations over seeds. */
function deviations(others: readonly Losses[], full: readonly Losses[]): number {
  const squares = Object.keys(full[0] ?? {}).flatMap((name) => {
    const values = full.map((losses) => losses[name] ?? Number.NaN)
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
    return others.map(
      (losses, i) => ((losses[name] ?? Number.NaN) - (values[i] ?? Number.NaN)) ** 2 / variance,
    )
  })
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length)
}

describeCompiled('a training in bfloat16', () => {
  const seeds = [1, 2, 3]
  const folder = sharedFolder()
  let runs = 0
  let parts: EngineImage[] = []

  async function trained(trainingPrecision: 'float32' | 'bfloat16', seed: number) {
    const said: string[] = []
    const task = trainingOf({
      folder: join(folder, `run ${++runs}`),
      train: parts.slice(0, 10),
      validation: parts.slice(10),
      seed,
      // Of what else it writes nothing is looked at.
      set: { trainingPrecision, checkpointEvery: 1000, previewEvery: 1000 },
    })
    return { ...(await train(task, { log: keptIn(said) })), said: said.join('\n') }
  }
  type Trained = Awaited<ReturnType<typeof trained>>

  /** One after the other: each uses all cores. */
  async function trainedBySeed(precision: 'float32' | 'bfloat16'): Promise<Trained[]> {
    const all: Trained[] = []
    for (const seed of seeds) all.push(await trained(precision, seed))
    return all
  }
  const lossesOf = (trainings: readonly Trained[]): Losses[] => trainings.map(({ losses }) => losses)

  let full: Trained[] = []
  beforeAll(async () => {
    parts = await writeParts(join(folder, 'parts'), 16)
    full = await trainedBySeed('float32')
  })

  it('says nothing where it is in float32', () => {
    expect(full.map(({ said }) => said).join()).not.toContain('Training multiplies')
  })

  // First, while oneDNN has not been held back in this process.
  describe.each([
    { how: 'by the processor', variables: {} },
    { how: 'in float32 that is rounded', variables: emulated },
  ])('computed $how', ({ variables }) => {
    it('gives other weights than one in float32, the same each time, with losses beside it', async ({
      skip,
    }) => {
      set(variables)
      skip(provider.gpu, 'a GPU multiplies in float32')
      skip(variables !== emulated && !hasBfloat16(), 'this processor has no bfloat16')
      const low = await trainedBySeed('bfloat16')
      for (const [i, { said, weightsSha256 }] of low.entries()) {
        expect(said).toContain('Training multiplies in bfloat16.')
        expect(weightsSha256).not.toBe(full[i]?.weightsSha256)
      }
      expect((await trained('bfloat16', 1)).weightsSha256).toBe(low[0]?.weightsSha256)
      expect(Object.keys(low[0]?.losses ?? {})).toEqual(Object.keys(full[0]?.losses ?? {}))
      expect(deviations(lossesOf(low), lossesOf(full))).toBeLessThan(bound)
    })
  })

  it('would be found to be broken if it had 3 bits', async ({ skip }) => {
    skip(provider.gpu, 'a GPU multiplies in float32')
    set(emulated)
    Object.assign(DataTypes, { bfloat16: float8 })
    expect(deviations(lossesOf(await trainedBySeed('bfloat16')), lossesOf(full))).toBeGreaterThan(bound)
  })

  it('is one in float32 where the processor has none, and says so', async () => {
    set(withoutHardware)
    const low = await trained('bfloat16', 1)
    expect(low.said).toContain(
      'Training multiplies in float32: bfloat16 takes a processor that has it, and no GPU.',
    )
    expect(low.weightsSha256).toBe(full[0]?.weightsSha256)
  })
})
