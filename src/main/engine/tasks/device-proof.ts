/**
 * Proves which device executes: it computes one matrix product in a graph of which every operation is pinned to the
 * device that TensorFlow claims to use. TensorFlow refuses such a graph if the device is not there, so a right result
 * was computed on it.
 */

import { failureDocument } from '../../../shared/failure.ts'
import { createRandom } from '../../platform/random.ts'
import { type Binding, isNative } from '../binding.ts'
import { loadModel } from '../graph/compiled.ts'
import { type Attribute, DataTypes, type GraphNode, placeholderNode } from '../graph/ir.ts'
import { encodeGraph, encodeSavedModel } from '../graph/saved-model.ts'
import type { DeviceProof } from '../protocol.ts'
import { tf } from '../tensorflow.ts'

/** Rows and columns of the matrix; plain JavaScript takes seconds for the larger one. */
const nativeSide = 1024
const scriptSide = 256

/** The first run includes what a device does only once. */
const repetitions = 5

/** How many elements of the product are computed again on the processor to check them. */
const checked = 64

/** Never throws: what went wrong is in the proof. */
export function proveDevice(): DeviceProof {
  const backend = tf.backend()
  if (isNative(backend)) {
    const { binding } = backend
    return prove(binding.isUsingGpuDevice() ? 'GPU:0' : 'CPU:0', nativeSide, (device, values, side) =>
      pinnedSquare(binding, `/device:${device}`, values, side),
    )
  }
  return prove('JavaScript', scriptSide, (_device, values, side) => {
    const matrix = tf.tensor2d(values, [side, side])
    return {
      square: () => tf.tidy(() => Float32Array.from(tf.matMul(matrix, matrix).dataSync())),
      dispose: () => matrix.dispose(),
    }
  })
}

interface Squaring {
  /** The matrix times itself. */
  square(): Float32Array
  dispose(): void
}

function prove(
  device: string,
  side: number,
  begin: (device: string, values: Float32Array, side: number) => Squaring,
): DeviceProof {
  try {
    const values = createRandom(1, 'device proof').fillUniform(new Float32Array(side * side))
    const squaring = begin(device, values, side)
    try {
      let product = squaring.square()
      let fastest = Number.POSITIVE_INFINITY
      for (let i = 0; i < repetitions; i++) {
        const started = performance.now()
        product = squaring.square()
        fastest = Math.min(fastest, performance.now() - started)
      }
      const gigaflops = (2 * side ** 3) / (fastest * 1e6)
      return { device, side, correct: isSquare(product, values, side), gigaflops, failure: null }
    } finally {
      squaring.dispose()
    }
  } catch (error) {
    return { device, side, correct: false, gigaflops: 0, failure: failureDocument(error).message }
  }
}

/** Compares elements spread over the product with sums in double precision. */
function isSquare(product: Float32Array, values: Float32Array, side: number): boolean {
  for (let n = 0; n < checked; n++) {
    const row = (n * 37) % side
    const column = (n * 101) % side
    let sum = 0
    for (let k = 0; k < side; k++) {
      sum += (values[row * side + k] ?? Number.NaN) * (values[k * side + column] ?? Number.NaN)
    }
    // Wide enough for TF32, which some GPUs use: 10 bits of mantissa.
    if (!(Math.abs((product[row * side + column] ?? Number.NaN) - sum) <= 1e-2 * Math.abs(sum))) return false
  }
  return true
}

function pinnedSquare(binding: Binding, device: string, values: Float32Array, side: number): Squaring {
  const type = { dtype: DataTypes.float32, shape: [side, side] }
  const input = { node: { ...placeholderNode('matrix', type), device }, output: 0 }
  const product: GraphNode = {
    op: 'MatMul',
    name: 'product',
    device,
    attributes: new Map<string, Attribute>([
      ['T', { kind: 'type', value: type.dtype }],
      ['transpose_a', { kind: 'boolean', value: false }],
      ['transpose_b', { kind: 'boolean', value: false }],
    ]),
    inputs: [input, input],
    controls: [],
    outputs: [type],
  }
  const session = loadModel(binding, encodeSavedModel(encodeGraph([product])))
  const fed = binding.createTensor(type.shape, type.dtype, values)
  return {
    square() {
      const results = binding.runSavedModel(session, [fed], 'matrix', 'product')
      const [first] = results
      const read = first === undefined ? new Float32Array() : binding.tensorDataSync(first.id)
      for (const { id } of results) binding.deleteTensor(id)
      return Float32Array.from(read)
    },
    dispose() {
      binding.deleteTensor(fed)
      binding.deleteSavedModel(session)
    },
  }
}
