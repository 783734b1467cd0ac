/** Bits per sample of common cameras; a 16-bit file holds values of one of these depths. */
const sensorBits = [10, 12, 14, 16] as const

/**
 * The sample value that means white: 2^b - 1 of the smallest depth b of a camera that holds the largest value seen. A
 * 10-, 12- or 14-bit camera writes 16-bit files that use only a part of the range; shown or trained on as they are,
 * they would be almost black. Where such a camera aligns its values to the upper bits, the lower bits are zero in all
 * of them: white then lies at the same place above them, so that the same picture is the same numbers, however it was
 * aligned. Take both values over all images of a dataset, so that all of them share one scale.
 *
 * @param peak the largest value (`robustPeak`)
 * @param zeroBits how many of the lowest bits are zero in every value
 */
export function fullScale(bitDepth: 8 | 16, peak: number, zeroBits = 0): number {
  if (bitDepth === 8) return 255
  const shift = Math.min(zeroBits, 15)
  const most = 16 - shift
  const needed = peak >> shift
  const bits = sensorBits.find((b) => needed < 2 ** b && b <= most) ?? most
  return (2 ** bits - 1) << shift
}

/** The step from one value of the camera to the next, in sample values: 16 for 12 bits aligned to the upper end. */
export const stepBelow = (white: number): number => {
  const lowest = white & -white
  return Number.isInteger(Math.log2(white / lowest + 1)) ? lowest : 1
}
