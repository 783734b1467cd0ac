import { requireLength } from '../../platform/array-bounds.ts'

/** Values of a tensor of some shape, with its sides in another order. */
export function permuted(
  values: Float32Array,
  shape: readonly number[],
  order: readonly number[],
): Float32Array {
  requireLength(
    values,
    shape.reduce((count, size) => count * size, 1),
    'Elements of a tensor',
  )
  requireLength(order, shape.length, 'Sides of a tensor')
  const strides = shape.map((_, side) => shape.slice(side + 1).reduce((count, size) => count * size, 1))
  const sizes = order.map((side) => shape[side])
  const steps = order.map((side) => strides[side])
  const result = new Float32Array(values.length)
  const at = sizes.map(() => 0)
  let from = 0
  for (let i = 0; i < result.length; i++) {
    result[i] = values[from]
    for (let side = sizes.length - 1; side >= 0; side--) {
      at[side]++
      from += steps[side]
      if (at[side] < sizes[side]) break
      from -= sizes[side] * steps[side]
      at[side] = 0
    }
  }
  return result
}
