import { provider } from '../tensorflow.ts'
import { hasBfloat16 } from './bfloat16.ts'
import type { Precision } from './program.ts'

/** Precisions that may be asked for. */
export type WantedPrecision = Exclude<Precision, 'rounded'>

/**
 * What a graph multiplies here where `wanted` was asked for: bfloat16 is for graphs that run on a processor that has
 * it. Another processor takes float32, or, where FANOSCOPE_BFLOAT16 is `rounded`, float32 rounded as bfloat16 is:
 * what that costs in quality can be measured anywhere.
 */
export function precisionHere(wanted: WantedPrecision): Precision {
  if (wanted === 'float32' || provider.backend !== 'tensorflow' || provider.gpu) return 'float32'
  if (hasBfloat16()) return wanted
  return process.env.FANOSCOPE_BFLOAT16 === 'rounded' ? 'rounded' : 'float32'
}
