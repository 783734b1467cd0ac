/**
 * Charts of a report as SVG, the same for HTML and PDF. Each has a title for both axes with their unit, ticks at round
 * numbers, and a legend.
 */
import { ticks, tickText } from './ticks.ts'

const width = 330
const height = 268
const left = 44
const right = 14
const top = 24
/** Below the plot: the numbers of the axis, its title, and the legend. */
const bottom = 56
const good = '#2f6fb3'
const bad = '#c2571a'
const ink = '#333333'
const soft = '#59636e'
const faint = '#d5d9de'
const fontSize = 9

const x = (share: number): number => left + share * (width - left - right)
const y = (share: number): number => height - bottom - share * (height - bottom - top)
const n = (value: number): string => String(Math.round(value * 100) / 100)

/** Sets a text in fonts that have its characters: the content of a `text` of SVG, and that element's own size. */
export type InSvg = (text: string, fontSize: number) => { size: number; markup: string }

export interface ChartWords {
  x: string
  y: string
}

interface LegendItem {
  mark: 'bar' | 'line' | 'dashes' | 'ring'
  color: string
  text: string
}

interface Axes extends ChartWords {
  /** Ticks as a place from 0 to 1 and the number there. */
  xTicks: { at: number; text: string }[]
  yTicks: { at: number; text: string }[]
  legend: LegendItem[]
}

type Anchor = 'start' | 'middle' | 'end'

const numberAt = (at: [number, number], text: string, anchor: Anchor): string =>
  `<text x="${n(at[0])}" y="${n(at[1])}" font-size="${fontSize}" text-anchor="${anchor}" fill="${ink}">${text}</text>`

function wordsAt(at: [number, number], text: string, anchor: Anchor, set: InSvg): string {
  const { size, markup } = set(text, fontSize)
  return `<text x="${n(at[0])}" y="${n(at[1])}" font-size="${size}" text-anchor="${anchor}" fill="${soft}">${markup}</text>`
}

const stroke = (from: [number, number], to: [number, number], look: string): string =>
  `<line x1="${n(from[0])}" y1="${n(from[1])}" x2="${n(to[0])}" y2="${n(to[1])}" ${look}/>`

/** About as wide as the text is drawn: characters of Chinese are as wide as they are high. */
const widthOf = (text: string): number =>
  [...text].reduce((sum, letter) => sum + (letter > '\u2e80' ? 1 : 0.54) * fontSize, 0)

const legendMark = 14
const legendGap = 12

function legendMarkup(items: readonly LegendItem[], set: InSvg): string {
  const widths = items.map(({ text }) => legendMark + 4 + widthOf(text))
  const all = widths.reduce((sum, own) => sum + own + legendGap, -legendGap)
  const middle = height - 9
  let at = Math.max(4, (width - all) / 2)
  return items
    .map(({ mark, color, text }, i) => {
      const from = at
      at += (widths[i] ?? 0) + legendGap
      const sign = {
        bar: `<rect x="${n(from + 2)}" y="${n(middle - 5)}" width="10" height="10" fill="${color}" fill-opacity="0.6"/>`,
        line: stroke([from, middle], [from + legendMark, middle], `stroke="${color}" stroke-width="1.6"`),
        dashes: stroke(
          [from, middle],
          [from + legendMark, middle],
          `stroke="${color}" stroke-width="1.4" stroke-dasharray="4 3"`,
        ),
        ring: `<circle cx="${n(from + 7)}" cy="${n(middle)}" r="4" fill="#ffffff" stroke="${color}" stroke-width="2"/>`,
      }[mark]
      return sign + wordsAt([from + legendMark + 4, middle + 3], text, 'start', set)
    })
    .join('')
}

function framed(inside: string, axes: Axes, set: InSvg): string {
  const lines = axes.yTicks
    .map(
      ({ at, text }) =>
        stroke([x(0), y(at)], [x(1), y(at)], `stroke="${faint}" stroke-width="0.6"`) +
        numberAt([x(0) - 5, y(at) + 3], text, 'end'),
    )
    .join('')
  const marks = axes.xTicks
    .map(
      ({ at, text }) =>
        stroke([x(at), y(0)], [x(at), y(0) + 3], `stroke="${soft}" stroke-width="0.6"`) +
        numberAt([x(at), y(0) + 13], text, 'middle'),
    )
    .join('')
  const titles = wordsAt([4, 11], axes.y, 'start', set) + wordsAt([x(0.5), y(0) + 27], axes.x, 'middle', set)
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">` +
    `${lines}${marks}${titles}${inside}${legendMarkup(axes.legend, set)}</svg>`
  )
}

const percents = [0, 0.25, 0.5, 0.75, 1].map((at) => ({ at, text: String(100 * at) }))

export interface CurveWords extends ChartWords {
  curve: string
  /** What stands beside the ring at the operating point. */
  at: string
  /** What the diagonal is; null for a chart in which it means nothing. */
  diagonal: string | null
}

/** A curve in the unit square, in percent, and the operating point on it. */
export function curveChart(
  points: readonly [number, number][],
  at: [number, number] | null,
  said: CurveWords,
  set: InSvg,
): string {
  const path = points.map(([px, py], i) => `${i === 0 ? 'M' : 'L'}${n(x(px))} ${n(y(py))}`).join(' ')
  const legend: LegendItem[] = [{ mark: 'line', color: good, text: said.curve }]
  let inside = ''
  if (said.diagonal !== null) {
    inside += stroke([x(0), y(0)], [x(1), y(1)], `stroke="${soft}" stroke-width="0.8" stroke-dasharray="4 3"`)
    legend.push({ mark: 'dashes', color: soft, text: said.diagonal })
  }
  inside += `<path d="${path}" fill="none" stroke="${good}" stroke-width="1.6"/>`
  if (at !== null) {
    inside += `<circle cx="${n(x(at[0]))}" cy="${n(y(at[1]))}" r="4" fill="#ffffff" stroke="${bad}" stroke-width="2"/>`
    legend.push({ mark: 'ring', color: bad, text: said.at })
  }
  return framed(inside, { ...said, xTicks: percents, yTicks: percents, legend }, set)
}

const bins = 40

export interface HistogramWords extends ChartWords {
  normal: string
  anomalous: string
  threshold: string
}

/** Two histograms of shares on one axis; values above the 99.5th percentile of all are in the last bin. */
export function histogramChart(
  normal: readonly number[],
  anomalous: readonly number[],
  threshold: number | null,
  said: HistogramWords,
  set: InSvg,
): string {
  const all = [...normal, ...anomalous].sort((a, b) => a - b)
  const low = all[0] ?? 0
  const high = Math.max(all[Math.floor(0.995 * (all.length - 1))] ?? 1, threshold ?? Number.NEGATIVE_INFINITY)
  const span = high > low ? high - low : 1
  const place = (value: number): number => Math.min(1, Math.max(0, (value - low) / span))
  const series = [
    { counts: sharesOf(normal, place), color: good, text: said.normal },
    { counts: sharesOf(anomalous, place), color: bad, text: said.anomalous },
  ].filter((_, i) => (i === 0 ? normal : anomalous).length > 0)
  const tallest = Math.max(1e-9, ...series.flatMap(({ counts }) => counts))
  const bars = series
    .flatMap(({ counts, color }) => counts.map((count, bin) => barMarkup(count / tallest, bin, color)))
    .join('')
  const legend: LegendItem[] = series.map(({ color, text }) => ({ mark: 'bar', color, text }))
  let line = ''
  if (threshold !== null) {
    const at = x(place(threshold))
    line = stroke(
      [at, top],
      [at, height - bottom],
      `stroke="${ink}" stroke-width="1.4" stroke-dasharray="4 3"`,
    )
    legend.push({ mark: 'dashes', color: ink, text: said.threshold })
  }
  const xTicks = ticks(low, low + span, 5).map((value) => ({
    at: (value - low) / span,
    text: tickText(value),
  }))
  const yTicks = ticks(0, 100 * tallest, 4).map((value) => ({
    at: value / (100 * tallest),
    text: tickText(value),
  }))
  return framed(`${bars}${line}`, { ...said, xTicks, yTicks, legend }, set)
}

/** The share of the values in each bin. */
function sharesOf(values: readonly number[], place: (value: number) => number): number[] {
  const counts = new Array<number>(bins).fill(0)
  for (const value of values) {
    const bin = Math.min(bins - 1, Math.floor(place(value) * bins))
    counts[bin] += 1 / values.length
  }
  return counts
}

function barMarkup(share: number, bin: number, color: string): string {
  if (share === 0) return ''
  const tall = share * (height - bottom - top)
  return `<rect x="${n(x(bin / bins))}" y="${n(height - bottom - tall)}" width="${n((width - left - right) / bins - 0.5)}" height="${n(tall)}" fill="${color}" fill-opacity="0.6"/>`
}
