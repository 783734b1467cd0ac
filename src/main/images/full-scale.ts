/** Bits per sample of common camera sensors; a 16-bit file holds values of one of these depths. */
const sensorBits = [10, 12, 14, 16] as const

/**
 * The sample value that means white. A 10-, 12- or 14-bit camera writes 16-bit files that use only the lower end
 * of the range; shown or trained on as they are, they would be almost black. So white is 2^b - 1 of the smallest
 * sensor depth b that holds the largest value seen. Take `peak` over all images of a dataset, so that all
 * its images share one scale.
 */
export function fullScale(bitDepth: 8 | 16, peak: number): number {
  if (bitDepth === 8) return 255
  const bits = sensorBits.find((b) => peak < 2 ** b) ?? 16
  return 2 ** bits - 1
}
