/** Runs a network that a person adds on small pictures, to see whether it gives what its description says. */
import { Failure, type FailureData, failureData } from '../../../shared/failure.ts'
import { documentOf } from '../../model/backbones/frozen-graph.ts'
import { readTensors } from '../../model/safetensors.ts'
import { createRandom } from '../../platform/random.ts'
import { featureExtractor } from '../backbones/feature-extractor.ts'

/** Width and height of the pictures: one of whole cells, one of none, and one of less than a cell. */
const sizes = [
  [256, 192],
  [131, 97],
  [33, 40],
] as const

/** @param file absolute path @returns why it cannot be used; null where it can */
export async function tryBackbone(file: string): Promise<FailureData | null> {
  try {
    const { tensors } = await readTensors(file)
    if (documentOf(tensors) === undefined) throw new TypeError('there is no network of a person in this file')
    const extractor = featureExtractor([], tensors)
    try {
      for (const [width, height] of sizes) {
        const data = createRandom(1, 'backbone').fillUniform(new Float32Array(width * height * 3))
        for (let i = 0; i < data.length; i++) data[i] = 2 * (data[i] ?? 0) - 1
        const { plain } = extractor.cells({ data, width, height, channels: 3 })
        if (!plain.data.every(Number.isFinite)) throw new Failure('backbone-not-finite', { width, height })
      }
      return null
    } finally {
      extractor.dispose()
    }
  } catch (error) {
    return failureData(error)
  }
}
