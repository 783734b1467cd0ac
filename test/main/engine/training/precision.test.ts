import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { hasBfloat16 } from '../../../../src/main/engine/graph/bfloat16.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { describeCompiled } from '../graph/native.ts'
import { keptIn, train, trainingOf, writeParts } from '../parts.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

describeCompiled('a training in bfloat16', () => {
  async function trained(precision: 'float32' | 'bfloat16') {
    const parts = await writeParts(temporaryFolder(), 16)
    const said: string[] = []
    const set = { trainingPrecision: precision }
    const task = trainingOf({
      folder: join(temporaryFolder(), 'run'),
      train: parts.slice(0, 10),
      validation: parts.slice(10),
      set,
    })
    return { result: await train(task, { log: keptIn(said) }), said }
  }

  it('is one in float32 where the processor has none, and says so', async ({ skip }) => {
    skip(hasBfloat16(), 'this processor has bfloat16')
    const [low, full] = [await trained('bfloat16'), await trained('float32')]
    expect(low.said).toContain(
      'Training multiplies in float32: bfloat16 takes a processor that has it, and no GPU.',
    )
    expect(low.result.weightsSha256).toBe(full.result.weightsSha256)
    expect(full.said.join()).not.toContain('Training multiplies')
  })

  it('gives other weights than one in float32, the same each time, with losses beside it', async () => {
    vi.stubEnv('FANOSCOPE_BFLOAT16', 'rounded')
    const [low, again] = [await trained('bfloat16'), await trained('bfloat16')]
    const full = await trained('float32')
    expect(low.said).toContain('Training multiplies in bfloat16.')
    expect(low.result.weightsSha256).toBe(again.result.weightsSha256)
    expect(low.result.weightsSha256).not.toBe(full.result.weightsSha256)
    for (const [name, loss] of Object.entries(full.result.losses)) {
      expect(Math.abs((low.result.losses[name] ?? Number.NaN) - loss)).toBeLessThan(
        0.05 * Math.max(1, Math.abs(loss)),
      )
    }
  })
})
