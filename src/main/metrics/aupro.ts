import { requireArgument } from './input.ts'
import { type PixelTally, requireLevels } from './pixel-tally.ts'

/**
 * Area under the per-region overlap curve: the mean share of each anomalous region that is flagged, against
 * the share of normal pixels that is, integrated up to `maxFpr` (linear in between) and divided by it, so
 * that 1 is perfect (Bergmann et al., "The MVTec Anomaly Detection Dataset", 2021, section 5.2.2). Every
 * region counts alike, however small. Null when there is no region or no normal pixel.
 */
export function aupro(tally: PixelTally, maxFpr = 0.3): number | null {
  requireArgument(maxFpr > 0 && maxFpr <= 1, 'greatest-fpr')
  requireLevels(tally)
  const normals = tally.normal.reduce((sum, count) => sum + count, 0)
  if (tally.regions === 0 || normals === 0) return null
  let flagged = 0
  let overlap = 0
  let fpr = 0
  let pro = 0
  let area = 0
  for (let level = tally.normal.length - 1; level >= 0 && fpr < maxFpr; level--) {
    flagged += tally.normal[level]
    overlap += tally.overlap[level]
    const right = flagged / normals
    // Shares of a region add up to 1 only within rounding.
    const high = Math.min(1, overlap / tally.regions)
    const end = Math.min(right, maxFpr)
    if (end > fpr) {
      const atEnd = pro + ((high - pro) * (end - fpr)) / (right - fpr)
      area += ((end - fpr) * (pro + atEnd)) / 2
    }
    fpr = right
    pro = high
  }
  return area / maxFpr
}
