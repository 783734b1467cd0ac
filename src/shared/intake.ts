/** Photographs that programs post to the station over HTTP, and what they are answered. */
import { z } from 'zod'
import { acting, call, none } from './call.ts'
import { failureInfoSchema } from './failure-schema.ts'
import { liveVerdictSchema } from './live.ts'
import { causeSchema, machineVerdictSchema } from './result.ts'
import { timeSchema } from './values.ts'

/** The key of the setting for photographs over HTTP, which is kept in the workspace. */
export const intakeRulesKey = 'intake.rules'

export const intakeRulesSchema = z.strictObject({
  enabled: z.boolean(),
  /** The address of this computer at which programs post; one of its loopback, unless opened on purpose. */
  address: z.union([z.ipv4(), z.ipv6()]),
  port: z.int().min(1).max(65_535),
  /** The largest photograph, in megabytes (10⁶ bytes). */
  megabytes: z.int().min(1).max(1000),
  /** So many posted photographs may wait for their verdict at the same time; of more, none is taken. */
  mostWaiting: z.int().min(1).max(1000),
  /** Seconds after which a request is answered without a verdict; its photograph is still judged. */
  answerWithin: z.number().min(0.1).max(600),
})
export type IntakeRules = z.infer<typeof intakeRulesSchema>
export const standardIntakeRules: IntakeRules = {
  enabled: false,
  address: '127.0.0.1',
  port: 8720,
  megabytes: 50,
  mostWaiting: 16,
  answerWithin: 30,
}

/** The key of the setting that has the digest of the token; the token itself is shown once and kept nowhere. */
export const intakeTokenKey = 'intake.token'
export const intakeTokenSchema = z.object({ sha256: z.string(), madeAt: timeSchema })

/** What a program calls a part or a view. */
export const givenNameSchema = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\p{C}]+$/u)

/** What a program is answered about its photograph. */
export const intakeAnswerSchema = z.object({
  format: z.literal('fanoscope.answer/1'),
  /** The number of the result; null where the part still waits for other views. */
  number: z.int().positive().nullable(),
  point: z.string(),
  /** The number of this photograph in the workspace. */
  part: z.int().positive(),
  partNumber: z.string().nullable(),
  view: z.string().nullable(),
  /** Of the part; null where it waits for other views. */
  verdict: machineVerdictSchema.nullable(),
  cause: causeSchema.nullable(),
  /** Of this photograph. */
  photograph: liveVerdictSchema,
  score: z.number().nullable(),
  threshold: z.number().nullable(),
  /** Why the photograph was refused. */
  reason: failureInfoSchema.nullable(),
  /** Where something was found, in pixels of the photograph, the strongest first. */
  regions: z.array(
    z.object({
      x: z.int().nonnegative(),
      y: z.int().nonnegative(),
      width: z.int().positive(),
      height: z.int().positive(),
      /** The largest value of the heat map in it. */
      peak: z.number(),
    }),
  ),
  /** Where the heat map is: a gray picture of 16 bits, with the same token. Null where there is none. */
  map: z.string().nullable(),
})
export type IntakeAnswer = z.infer<typeof intakeAnswerSchema>

export const intakeCalls = {
  'intake.state': call(
    none,
    z.object({
      /** The address at which it listens; null where it does not. */
      url: z.string().nullable(),
      /** Why it does not listen, although it should. */
      failure: failureInfoSchema.nullable(),
      /** When the token was made; null before there is one. */
      tokenMadeAt: timeSchema.nullable(),
      /** Photographs that wait for their verdict. */
      waiting: z.int().nonnegative(),
    }),
  ),
  /** Makes a token in the place of the one before. It is told here, and never again. */
  'intake.token': call(z.object({ ...acting }), z.object({ token: z.string() })),
} as const

export const intakeEvents = {
  /** It listens, or does not any more. */
  'intake.changed': none,
} as const
