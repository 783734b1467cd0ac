/** Checks what a caller passes to a step against the step's signature. */

import { Failure } from '../../../shared/failure.ts'
import { type Tensor, tf } from '../tensorflow.ts'
import { elementCount, sameShape } from './ir.ts'
import type { InputSignature, InputValue } from './program.ts'

type Values = Float32Array | Int32Array | Uint8Array

function refuse(step: string, input: string, what: string, signature: InputSignature): never {
  const { shape, dtype = 'float32' } = signature
  throw new Failure(
    'graph-input',
    `The step "${step}" got ${what} for its input ${input}, which is ${dtype} [${shape.join(', ')}].`,
    'Pass values of the type and shape that the step was defined with.',
  )
}

/** The value as a typed array of the input's length and type, or as the tensor that it already is. */
export function checkedInput(
  step: string,
  input: string,
  signature: InputSignature,
  value: InputValue | undefined,
): Values | Tensor {
  const { shape, dtype = 'float32' } = signature
  if (value === undefined) return refuse(step, input, 'nothing', signature)
  if (value instanceof tf.Tensor) {
    if (value.dtype === dtype && sameShape(value.shape, shape)) return value
    return refuse(step, input, `a ${value.dtype} tensor [${value.shape.join(', ')}]`, signature)
  }
  if (typeof value === 'number') {
    if (shape.length > 0) return refuse(step, input, 'one number', signature)
    if (dtype === 'int32') return Int32Array.of(value)
    return dtype === 'bool' ? Uint8Array.of(value) : Float32Array.of(value)
  }
  const fits =
    dtype === 'int32'
      ? value instanceof Int32Array
      : dtype === 'bool'
        ? value instanceof Uint8Array
        : value instanceof Float32Array
  if (!fits || value.length !== elementCount(shape)) {
    return refuse(step, input, `${value.length} values in a ${value.constructor.name}`, signature)
  }
  return value
}
