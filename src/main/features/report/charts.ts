/** Charts of a report as SVG, the same for HTML and PDF. */

const width = 320
const height = 240
const left = 38
const bottom = 30
const top = 10
const right = 12
const good = '#2f6fb3'
const bad = '#c2571a'
const ink = '#333333'
const faint = '#d5d9de'

const x = (share: number): number => left + share * (width - left - right)
const y = (share: number): number => height - bottom - share * (height - bottom - top)
const n = (value: number): string => String(Math.round(value * 100) / 100)

/** Formats a number with as few digits as distinguish it from neighboring ticks. */
export const short = (value: number): string =>
  value === 0
    ? '0'
    : Math.abs(value) >= 1000 || Math.abs(value) < 0.001
      ? value.toExponential(1)
      : String(Number(value.toPrecision(3)))

function frame(inside: string, xLabels: readonly string[], yLabels: readonly string[]): string {
  const at = (labels: readonly string[], i: number): number => i / Math.max(1, labels.length - 1)
  const lines = yLabels
    .map(
      (label, i) =>
        `<line x1="${n(x(0))}" y1="${n(y(at(yLabels, i)))}" x2="${n(x(1))}" y2="${n(y(at(yLabels, i)))}" stroke="${faint}" stroke-width="0.6"/>` +
        `<text x="${n(x(0) - 5)}" y="${n(y(at(yLabels, i)) + 3)}" font-size="9" text-anchor="end" fill="${ink}">${label}</text>`,
    )
    .join('')
  const marks = xLabels
    .map(
      (label, i) =>
        `<text x="${n(x(at(xLabels, i)))}" y="${n(height - bottom + 13)}" font-size="9" text-anchor="middle" fill="${ink}">${label}</text>`,
    )
    .join('')
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">${lines}${marks}${inside}</svg>`
}

const shares = ['0', '0.25', '0.5', '0.75', '1']

/** A curve in the unit square, and the working point on it. */
export function curveChart(points: readonly [number, number][], at: [number, number] | null): string {
  const path = points.map(([px, py], i) => `${i === 0 ? 'M' : 'L'}${n(x(px))} ${n(y(py))}`).join(' ')
  const mark =
    at === null
      ? ''
      : `<circle cx="${n(x(at[0]))}" cy="${n(y(at[1]))}" r="4" fill="#ffffff" stroke="${bad}" stroke-width="2"/>`
  return frame(`<path d="${path}" fill="none" stroke="${good}" stroke-width="1.6"/>${mark}`, shares, shares)
}

const bins = 40

/** Two histograms of shares on one axis; values above the 99.5th percentile of all are in the last bin. */
export function histogramChart(
  normal: readonly number[],
  anomalous: readonly number[],
  threshold: number | null,
): string {
  const all = [...normal, ...anomalous].sort((a, b) => a - b)
  const low = all[0] ?? 0
  const high = Math.max(all[Math.floor(0.995 * (all.length - 1))] ?? 1, threshold ?? Number.NEGATIVE_INFINITY)
  const span = high > low ? high - low : 1
  const histogram = (values: readonly number[]): number[] => {
    const counts = new Array<number>(bins).fill(0)
    for (const value of values) {
      const bin = Math.min(bins - 1, Math.max(0, Math.floor(((value - low) / span) * bins)))
      counts[bin] += 1 / values.length
    }
    return counts
  }
  const both = [histogram(normal), histogram(anomalous)]
  const tallest = Math.max(1e-9, ...both.flat())
  const bars = both
    .map((counts, series) =>
      counts
        .map((count, bin) => {
          const tall = (count / tallest) * (height - bottom - top)
          return count === 0
            ? ''
            : `<rect x="${n(x(bin / bins))}" y="${n(height - bottom - tall)}" width="${n((width - left - right) / bins - 0.5)}" height="${n(tall)}" fill="${series === 0 ? good : bad}" fill-opacity="0.6"/>`
        })
        .join(''),
    )
    .join('')
  const place = threshold === null ? null : x(Math.min(1, Math.max(0, (threshold - low) / span)))
  const line =
    place === null
      ? ''
      : `<line x1="${n(place)}" y1="${top}" x2="${n(place)}" y2="${height - bottom}" stroke="${ink}" stroke-width="1.4" stroke-dasharray="4 3"/>`
  const labels = [0, 0.5, 1].map((share) => short(low + share * span))
  return frame(`${bars}${line}`, labels, ['0', `${(tallest * 100).toFixed(0)} %`])
}
