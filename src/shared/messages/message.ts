/**
 * A message to a person, as data: a stable code and the values for its sentence. It stays data in the database and on
 * its way to the window; `wordsIn` turns it into words where a person reads it.
 */
import { z } from 'zod'

/** The topics of messages: the top-level keys of the locale files `en.json` and `zh-CN.json` in this folder. */
export const topics = [
  'failure',
  'warning',
  'notice',
  'problem',
  'finding',
  'fact',
  'reason',
  'stored',
  'label',
  'verdict',
] as const
export type Topic = (typeof topics)[number]

/** A message inside another one, such as the reason why a mask was left out. */
export interface NestedMessage {
  topic: Topic
  code: string
  params: Params
}

/** A share that is shown in percent, with three significant digits: 0.0125 as 1.25 %. */
export interface Share {
  share: number
}

/** A value of a sentence. A list is shown with commas, a list of messages with semicolons. */
export type Param = string | number | boolean | null | NestedMessage | Share | readonly Param[]

/**
 * The values of a sentence by their names in the locale files. `case` chooses between wordings of one code: the code
 * `folder-unreadable` with the case `not-a-folder` is worded by the entry `folder-unreadable/not-a-folder`.
 */
export type Params = { readonly [name: string]: Param }

/**
 * The code (or, if the code is known, the case) of an old sentence that was stored before messages became data and
 * that the migration could not read back. Its text is kept.
 */
export const recordedBefore = 'recorded-before'

export interface Message {
  code: string
  params: Params
}

export const paramsSchema: z.ZodType<Params> = z.lazy(() => z.record(z.string(), paramSchema))

const paramSchema: z.ZodType<Param> = z.lazy(() =>
  z.union([
    z.string(),
    z.number(),
    z.boolean(),
    z.null(),
    z.object({ topic: z.enum(topics), code: z.string(), params: paramsSchema }),
    z.object({ share: z.number() }),
    z.array(paramSchema),
  ]),
)

export const messageSchema = z.object({ code: z.string(), params: paramsSchema })

/** @param params the values that the entry of `code` in the locale files needs */
export function message(code: string, params: Params = {}): Message {
  return { code, params }
}

/** Makes a message that can be a value of another one. */
export function inside(topic: Topic, { code, params }: Message): NestedMessage {
  return { topic, code, params }
}
