/** Widths of a table's columns that a person has changed; they are kept over restarts. */
import { computed } from 'vue'
import { useRememberedChoice } from '../data/remembered-choice.ts'

/** Bounds in pixels: a column must stay wide enough to be grabbed again, and no wider than a screen. */
const least = 48
const most = 900

const isWidths = (value: unknown): value is Record<string, number> =>
  typeof value === 'object' &&
  value !== null &&
  Object.values(value).every((width) => typeof width === 'number' && width >= least && width <= most)

/** @param table name under which the widths are kept */
export function useColumnWidths(table: string) {
  const widths = useRememberedChoice<Record<string, number>>(`columns.${table}`, {}, isWidths)
  const set = (column: string, width: number): void => {
    widths.value = { ...widths.value, [column]: Math.round(Math.min(most, Math.max(least, width))) }
  }
  const reset = (column: string): void => {
    const { [column]: _, ...others } = widths.value
    widths.value = others
  }
  /** Style of the header's cell; empty where the content decides the width. */
  const styleOf = computed(() => (column: string) => {
    const width = widths.value[column]
    return width === undefined ? {} : { width: `${width}px`, minWidth: `${width}px`, maxWidth: `${width}px` }
  })
  return { set, reset, styleOf }
}
