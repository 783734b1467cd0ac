import { provider } from '../tensorflow.ts'
import { hasBfloat16 } from './bfloat16.ts'
import type { Precision } from './program.ts'

/** Precisions that may be asked for. */
export type WantedPrecision = Exclude<Precision, 'rounded'>

/**
 * The precision in which a graph multiplies on this machine where `wanted` was asked for. Only a processor with
 * bfloat16 uses it. Another one uses float32, or, where FANOSCOPE_BFLOAT16 is `rounded`, float32 rounded as bfloat16
 * is, so that its effect on quality can be measured on any machine.
 */
export function precisionHere(wanted: WantedPrecision): Precision {
  if (wanted === 'float32' || provider.backend !== 'tensorflow' || provider.gpu) return 'float32'
  if (hasBfloat16()) return wanted
  return process.env.FANOSCOPE_BFLOAT16 === 'rounded' ? 'rounded' : 'float32'
}
