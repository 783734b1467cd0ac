/** Checks what a caller passes to a step against the step's signature. */

import { Failure } from '../../../shared/failure.ts'
import type { Params } from '../../../shared/messages/message.ts'
import { type Tensor, tf } from '../tensorflow.ts'
import { elementCount } from './ir.ts'
import { anySide, type InputSignature, type InputValue } from './program.ts'

type Values = Float32Array | Int32Array | Uint8Array

function refuse(step: string, input: string, what: Params, signature: InputSignature): never {
  const { shape, dtype = 'float32' } = signature
  throw new Failure('graph-input', { ...what, step, input, type: dtype, shape })
}

/** Whether a tensor's shape is one that the signature allows. */
const hasShape = (given: readonly number[], allowed: readonly number[]): boolean =>
  given.length === allowed.length && allowed.every((side, axis) => side === anySide || side === given[axis])

/** The value as a typed array of the input's length and type, or as the tensor that it already is. */
export function checkedInput(
  step: string,
  input: string,
  signature: InputSignature,
  value: InputValue | undefined,
): Values | Tensor {
  const { shape, dtype = 'float32' } = signature
  if (value === undefined) return refuse(step, input, { case: 'nothing' }, signature)
  if (value instanceof tf.Tensor) {
    if (value.dtype === dtype && hasShape(value.shape, shape)) return value
    return refuse(step, input, { case: 'tensor', givenType: value.dtype, givenShape: value.shape }, signature)
  }
  if (typeof value === 'number') {
    if (shape.length > 0) return refuse(step, input, { case: 'number' }, signature)
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
    return refuse(
      step,
      input,
      { case: 'array', count: value.length, kind: value.constructor.name },
      signature,
    )
  }
  return value
}
