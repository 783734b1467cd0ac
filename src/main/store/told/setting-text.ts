import { canonicalJson } from '../audit.ts'
import { jsonOf } from '../row.ts'

/** The value of a setting as it is compared: rows of the audit of before tell it with its keys sorted. */
export function settingText(json: string): string {
  const value = jsonOf(json)
  return value === undefined ? json : canonicalJson(value)
}
