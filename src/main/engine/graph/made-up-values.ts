/**
 * Values that stand in for real ones while a step is recorded. What they are does not matter, only which operation
 * reads which value.
 */
import type { Binding, NativeTensor } from '../binding.ts'
import { type Tensor, tf } from '../tensorflow.ts'
import { convolutionType } from './convolution-type.ts'
import { DataTypes, edgeType, type GraphNode, type OutputType, sameShape } from './ir.ts'
import { anySide, type InputSignature } from './program.ts'

const sameType = (a: OutputType, b: OutputType): boolean => a.dtype === b.dtype && sameShape(a.shape, b.shape)

/** Made-up values that keep logarithms and divisions finite. @param side the length of sides that may be any */
export function sampleInput({ shape: allowed, dtype = 'float32' }: InputSignature, side: number): Tensor {
  const shape = allowed.map((length) => (length === anySide ? side : length))
  if (dtype === 'bool') return tf.zeros(shape, 'bool')
  return tf.fill(shape, dtype === 'float32' ? 0.5 : 0, dtype)
}

/**
 * Types of the results of a convolution, or of an operation that an earlier recording has at the same place with
 * inputs of the same types; null where they are not known. Most of the time of a recording goes into computing values
 * that nobody reads, and this saves it.
 */
export function knownResults(node: GraphNode, earlier: GraphNode | undefined): readonly OutputType[] | null {
  const convolved = convolutionType(node)
  if (convolved !== null) return [convolved]
  const alike =
    earlier?.op === node.op &&
    earlier.inputs.length === node.inputs.length &&
    node.inputs.every((edge, i) => {
      const other = earlier.inputs[i]
      return other !== undefined && sameType(edgeType(edge), edgeType(other))
    })
  return alike && earlier.outputs.every(({ dtype }) => dtype === DataTypes.float32) ? earlier.outputs : null
}

/** Zeros of a type, in memory of TensorFlow's. */
export function zeros(binding: Binding, { dtype, shape }: OutputType): NativeTensor[] {
  const sides = binding.createTensor([shape.length], binding.TF_INT32, Int32Array.from(shape))
  const attributes = [
    { name: 'dtype', type: binding.TF_ATTR_TYPE, value: dtype },
    { name: 'init', type: binding.TF_ATTR_BOOL, value: true },
  ]
  const made = binding.executeOp('Empty', attributes, [sides], 1)
  binding.deleteTensor(sides)
  return made
}
