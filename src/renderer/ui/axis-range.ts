/**
 * The range of an axis, chosen so that single outliers do not squeeze the rest of a line flat: a critic's loss may jump
 * to 400,000 for one step and be at 20 before and after. At an outlier the line leaves the plot.
 */
const tail = 0.02
/** Margin on each side of the range of most values, as a share of that range. */
const air = 0.25

export function robustRange(lines: readonly (readonly (number | null)[])[]): [number, number] {
  const values = lines
    .flat()
    .filter((value) => value !== null)
    .sort((a, b) => a - b)
  const [least] = values
  const most = values.at(-1)
  if (least === undefined || most === undefined) return [0, 1]
  const low = values[Math.floor(tail * (values.length - 1))] ?? least
  const high = values[Math.ceil((1 - tail) * (values.length - 1))] ?? most
  const margin = Math.max((high - low) * air, Math.abs(high) * 1e-3, 1e-9)
  // Never wider than the values with a small margin.
  const rim = Math.max((most - least) * 0.05, margin * 0.05)
  return [Math.max(low - margin, least - rim), Math.min(high + margin, most + rim)]
}
