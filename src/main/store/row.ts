/** Schemas that turn columns into values: SQLite has no booleans, no JSON and no arrays of numbers. */
import { z } from 'zod'

/** 0 or 1. */
export const flag = z.union([z.literal(0), z.literal(1)]).transform((value) => value === 1)

/** JSON text, checked by `schema`. */
export const jsonText = <S extends z.ZodType>(schema: S) =>
  z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(schema)

/** What a JSON text says; undefined where somebody made it another text. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A Float32Array, stored little-endian, which is the order of every machine that Fanoscope runs on. */
export const float32Blob = z.instanceof(Uint8Array).transform((bytes) => {
  const copy = Uint8Array.from(bytes)
  return new Float32Array(copy.buffer, 0, copy.length / 4)
})

export const toFloat32Blob = (values: Float32Array): Uint8Array =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength)

export const toFlag = (value: boolean): number => (value ? 1 : 0)

/**
 * The JSON text of a value, checked as it will be read: what could not be read back is not stored, because it would
 * break every list that its row is in.
 * @throws ZodError
 */
export function toJson(schema: z.ZodType, value: unknown): string {
  const stored: unknown = JSON.parse(JSON.stringify(value))
  return JSON.stringify(schema.parse(stored))
}

export const toJsonOrNull = (schema: z.ZodType, value: unknown): string | null =>
  value === null || value === undefined ? null : toJson(schema, value)

/** A single count, for `SELECT count(*) AS n`. */
export const countRow = z.object({ n: z.int().nonnegative() })
