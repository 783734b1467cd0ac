/** What a rejected call throws, as data that a screen can show. */
import type { FailureData } from '../shared/failure.ts'

function isFailureData(value: unknown): value is FailureData {
  return (
    typeof value === 'object' &&
    value !== null &&
    'code' in value &&
    'message' in value &&
    'remedy' in value &&
    typeof value.code === 'string' &&
    typeof value.message === 'string' &&
    typeof value.remedy === 'string'
  )
}

/** Any thrown value as FailureData. The remedy is empty where nobody gave one. */
export function asFailure(thrown: unknown): FailureData {
  if (isFailureData(thrown)) return { code: thrown.code, message: thrown.message, remedy: thrown.remedy }
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return { code: 'internal', message, remedy: '' }
}
