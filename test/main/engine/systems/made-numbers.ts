/** The numbers that `test/reference/steps.py` makes weights and inputs of: they depend on a name alone. */
import type { Weights } from '../../../../src/main/engine/networks/weights.ts'
import type { TensorMap } from '../../../../src/main/model/safetensors.ts'

const product = (shape: readonly number[]): number => shape.reduce((all, side) => all * side, 1)

/** Numbers in [-1, 1): FNV-1a of the name as the seed, then a linear generator. */
function uniform(name: string, count: number): Float64Array {
  let state = 0x811c9dc5
  for (let i = 0; i < name.length; i++) state = Math.imul(state ^ name.charCodeAt(i), 0x01000193) >>> 0
  return Float64Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state >>> 8) / 2 ** 23 - 1
  })
}

export function madeInput(name: string, shape: readonly number[], scale = 1, shift = 0): Float32Array {
  return Float32Array.from(uniform(name, product(shape)), (value) => scale * value + shift)
}

function madeWeight(name: string, shape: readonly number[]): Float32Array {
  const fanIn = product(shape.slice(0, -1))
  const kind = name.split('/').at(-1)
  return Float32Array.from(uniform(name, product(shape)), (value) => {
    if (kind === 'kernel') return value * Math.sqrt(3 / fanIn)
    if (kind === 'scale') return 1 + 0.1 * value
    return kind === 'variance' ? 1 + 0.5 * value : 0.1 * value
  })
}

/** A value for every weight, for `loadWeights`. */
export function madeWeights(...sets: Weights[]): TensorMap {
  const tensors: TensorMap = {}
  for (const { variables } of sets) {
    for (const [name, { shape }] of Object.entries(variables)) {
      tensors[name] = { shape: [...shape], data: madeWeight(name, shape) }
    }
  }
  return tensors
}

/** Norm and two projections: any difference of two tensors shows in them. */
export function summary(tensor: Float32Array): [number, number, number] {
  let [squares, first, second] = [0, 0, 0]
  for (const [i, value] of tensor.entries()) {
    squares += value * value
    first += value * Math.cos(0.7 * i + 0.3)
    second += value * Math.cos(1.9 * i * i + 0.1 * i)
  }
  return [Math.sqrt(squares), first, second]
}
