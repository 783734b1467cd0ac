/**
 * Values that every topic uses. Every type is inferred from its schema. Times are whole milliseconds since 1970-01-01
 * UTC; paths are relative with forward slashes.
 */
import { z } from 'zod'

/** A point in time: milliseconds since 1970-01-01 UTC. */
export const timeSchema = z.int().nonnegative()

/** SHA-256 of a file's bytes, lower-case hexadecimal. */
export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/)
export type Sha256 = z.infer<typeof sha256Schema>

/** Id of a dataset, a run or a job: sorts by the time it was made, safe as a file name. */
export const idSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/)
export type Id = z.infer<typeof idSchema>

export const imageIdSchema = z.int().positive()
export type ImageId = z.infer<typeof imageIdSchema>

/** A JSON object whose shape its owner knows: a model's configuration, a job's payload. */
export const jsonObjectSchema = z.record(z.string(), z.json())
export type JsonObject = z.infer<typeof jsonObjectSchema>
