/**
 * Makes a recorded graph faster; results change in their last bits at most. TensorFlow does some of this itself when
 * a graph first runs. The rules here do what TensorFlow does not, or does only for a graph that was prepared for it.
 */

import {
  joinedFactors,
  matrixProduct,
  repeatedNumbers,
  scalarOperands,
  withoutEffect,
} from './arithmetic-rules.ts'
import { bfloat16Products, roundedProducts } from './bfloat16.ts'
import { addedBias, biasGradient, foldedScale, thinTransposedConvolution } from './convolution-rules.ts'
import { leakyGradientFromOutput, reluGradient, sigmoidGradient } from './gradient-rules.ts'
import type { GraphNode } from './ir.ts'
import type { Precision } from './program.ts'
import { type Rule, rewrite } from './rewrite.ts'

const always: readonly Rule[] = [
  withoutEffect,
  repeatedNumbers,
  scalarOperands,
  joinedFactors,
  matrixProduct,
  reluGradient,
  sigmoidGradient,
  leakyGradientFromOutput,
  foldedScale,
  addedBias,
]

/** Rules for processors only; a GPU is fastest with these operations as they were recorded. */
const forProcessor: readonly Rule[] = [thinTransposedConvolution, biasGradient]

export interface OptimizeOptions {
  device: 'cpu' | 'gpu'
  precision: Precision
}

/** Returns nodes that do what the roots do, in the roots' order. */
export function optimize(roots: readonly GraphNode[], { device, precision }: OptimizeOptions): GraphNode[] {
  const rewritten = rewrite(roots, always)
  // This comes after the other rules, because they look for the convolution as it was recorded.
  const laidOut = device === 'gpu' ? rewritten : rewrite(rewritten, forProcessor)
  if (precision === 'float32') return laidOut
  return rewrite(laidOut, [precision === 'bfloat16' ? bfloat16Products : roundedProducts])
}
