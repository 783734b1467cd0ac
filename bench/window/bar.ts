/** What was measured, beside the bar that it must meet. */
import { quantile } from '../../src/main/metrics/quantile.ts'

export interface Measured {
  measure: string
  value: number | string
  unit: string
  /** As the issue writes it; null where it has none. */
  bar: string | null
  /** Null where there is no bar. */
  met: boolean | null
}

/** Lower is better. */
export const atMost = (measure: string, value: number, most: number, unit = 'ms'): Measured => ({
  measure,
  value: rounded(value),
  unit,
  bar: `<= ${most}`,
  met: value <= most,
})

export const atLeast = (measure: string, value: number, least: number, unit: string): Measured => ({
  measure,
  value: rounded(value),
  unit,
  bar: `>= ${least}`,
  met: value >= least,
})

/** Told beside a bar, to explain it. */
export const told = (measure: string, value: number | string, unit: string): Measured => ({
  measure,
  value: typeof value === 'number' ? rounded(value) : value,
  unit,
  bar: null,
  met: null,
})

const rounded = (value: number): number => Math.round(value * 10) / 10

/** The value below which a share of all lies. */
export const at = (values: readonly number[], share: number): number =>
  quantile(
    values.toSorted((a, b) => a - b),
    share,
  ) ?? Number.NaN

export function barTable(title: string, rows: readonly Measured[]): string {
  const cells = rows.map(({ measure, value, unit, bar, met }) => [
    measure,
    `${value}${unit === '' ? '' : ` ${unit}`}`,
    bar ?? '',
    met === null ? '' : met ? 'met' : 'MISSED',
  ])
  const lines = [['measure', 'measured', 'bar', ''], ...cells]
  const widths = [0, 1, 2].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  const text = lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  return `${title}\n${text.map((line) => `  ${line}\n`).join('')}`
}
