import { type PixelTally, requireLevels } from './pixel-tally.ts'

/**
 * AUROC over all pixels of all maps, a tie counting one half. Null when there is no anomalous or no normal
 * pixel.
 */
export function pixelAuroc(tally: PixelTally): number | null {
  requireLevels(tally)
  let normalBelow = 0
  let anomalousBelow = 0
  let wins = 0
  for (let level = 0; level < tally.normal.length; level++) {
    const normal = tally.normal[level]
    const anomalous = tally.anomalous[level]
    wins += anomalous * (normalBelow + normal / 2)
    normalBelow += normal
    anomalousBelow += anomalous
  }
  return normalBelow === 0 || anomalousBelow === 0 ? null : wins / (normalBelow * anomalousBelow)
}
