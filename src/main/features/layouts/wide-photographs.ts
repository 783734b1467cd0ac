/** Whether photographs of a folder have values that only a person can give a range. */
import { join } from 'node:path'
import type { SampleRange } from '../../../shared/sample-range.ts'
import { ImageRefusal } from '../../images/refusal.ts'
import { needsRange, rangeSeen } from '../../images/wide-samples.ts'
import { isSystemError } from '../../platform/system-error.ts'

/** So many TIFFs, spread over all, stand for the others. */
const sampleSize = 12

/** The first one that needs a range, with the values in it; null where none does. */
export async function wideAmong(
  root: string,
  photographs: readonly string[],
): Promise<{ file: string; seen: SampleRange } | null> {
  const tiffs = photographs.filter((file) => /\.tiff?$/i.test(file))
  const step = Math.max(1, Math.floor(tiffs.length / sampleSize))
  for (const file of tiffs.filter((_, i) => i % step === 0).slice(0, sampleSize)) {
    try {
      if (!needsRange(join(root, file))) continue
      const seen = await rangeSeen(join(root, file))
      if (seen !== null) return { file, seen }
    } catch (error) {
      // It is refused by itself when it is imported.
      if (!(error instanceof ImageRefusal || isSystemError(error))) throw error
    }
  }
  return null
}
