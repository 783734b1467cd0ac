/** A bar of the histogram: its place in pixels and the heights of both classes, 0 to 1. */
export interface Bar {
  x: number
  width: number
  normal: number
  anomalous: number
}

/**
 * Bars for two classes, each as high as its own share of its highest bar, for there are far more good parts than
 * defects. Heights go with the square root, so that a few parts far from the others can be seen.
 */
export function binnedBars(normal: readonly number[], anomalous: readonly number[], pixels: number): Bar[] {
  const most = (counts: readonly number[]): number => Math.max(1, ...counts)
  const [mostNormal, mostAnomalous] = [most(normal), most(anomalous)]
  const step = pixels / Math.max(1, normal.length)
  return normal.flatMap((count, i) => {
    const defects = anomalous[i] ?? 0
    if (count === 0 && defects === 0) return []
    return [
      {
        x: i * step,
        width: Math.max(1, step - 1),
        normal: Math.sqrt(count / mostNormal),
        anomalous: Math.sqrt(defects / mostAnomalous),
      },
    ]
  })
}
