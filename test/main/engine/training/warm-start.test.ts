import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readModel } from '../../../../src/main/model/model-file.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { describeCompiled } from '../graph/native.ts'
import { train, trainingOf, writeParts } from '../parts.ts'

/** The largest difference of two models' weights, without the statistics that are measured anew. */
async function distance(a: string, b: string): Promise<number> {
  const [first, second] = await Promise.all([readModel(a), readModel(b)])
  let largest = 0
  for (const [name, { data }] of Object.entries(first.tensors)) {
    if (/mean$|variance$/.test(name)) continue
    const other = second.tensors[name]?.data ?? new Float32Array()
    for (let i = 0; i < data.length; i++) {
      largest = Math.max(largest, Math.abs((data[i] ?? 0) - (other[i] ?? Number.NaN)))
    }
  }
  return largest
}

/** Steps so small that the weights stay where they began. */
const standstill = {
  ganSteps: 1,
  encoderSteps: 1,
  validateEvery: 1,
  learningRate: 1e-9,
  encoderLearningRate: 1e-9,
  average: 0,
}

describeCompiled('a warm start', () => {
  it('begins with the weights of the run before, and a fresh start does not', async () => {
    const images = await writeParts(temporaryFolder(), 16)
    const parts = { train: images.slice(0, 10), validation: images.slice(10) }
    const first = trainingOf({ folder: join(temporaryFolder(), 'first'), ...parts })
    await train(first)
    const warm = trainingOf({ folder: join(temporaryFolder(), 'warm'), ...parts, set: standstill, seed: 7 })
    await train({ ...warm, warmFrom: first.folder })
    expect(await distance(first.folder, warm.folder)).toBeLessThan(1e-5)
    const fresh = trainingOf({ folder: join(temporaryFolder(), 'fresh'), ...parts, set: standstill, seed: 7 })
    await train(fresh)
    expect(await distance(first.folder, fresh.folder)).toBeGreaterThan(1e-3)
  })

  it('is refused where the networks are of another size', async () => {
    const images = await writeParts(temporaryFolder(), 16)
    const parts = { train: images.slice(0, 10), validation: images.slice(10) }
    const first = trainingOf({ folder: join(temporaryFolder(), 'first'), ...parts })
    await train(first)
    const other = trainingOf({ folder: join(temporaryFolder(), 'other'), ...parts, set: { width: 8 } })
    await expect(train({ ...other, warmFrom: first.folder })).rejects.toMatchObject({
      code: 'model-mismatch',
    })
  })
})
