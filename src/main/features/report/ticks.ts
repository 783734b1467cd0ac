/** Round numbers along an axis, and numbers as short as a reader needs them. */

const steps = [1, 2, 5, 10]

/** About `count` round numbers from `low` to `high`, both of which they may leave out. */
export function ticks(low: number, high: number, count: number): number[] {
  const span = high - low
  if (!(span > 0)) return [low]
  const power = 10 ** Math.floor(Math.log10(span / count))
  const step = power * (steps.find((factor) => span / (factor * power) <= count) ?? 10)
  const first = Math.ceil(low / step - 1e-9)
  const last = Math.floor(high / step + 1e-9)
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * step)
}

/** A tick without the digits that floating point adds. */
export const tickText = (value: number): string => short(Number(value.toPrecision(6)))

/** A number with three digits that count, in powers of ten where it is large or tiny. */
export const short = (value: number): string =>
  value === 0
    ? '0'
    : Math.abs(value) >= 10_000 || Math.abs(value) < 0.001
      ? value.toExponential(1).replace('e+', 'e')
      : String(Number(value.toPrecision(Math.abs(value) >= 1000 ? 4 : 3)))
