/**
 * What is said to a person, as data: a stable code and the values that belong in the sentence. It stays so from where
 * it arises to the database and to the window, and is worded by `wordsIn` where a person reads it.
 */
import { z } from 'zod'

/** The parts of the locale files `en.json` and `zh-CN.json` beside this file. */
export const topics = [
  'failure',
  'warning',
  'notice',
  'problem',
  'finding',
  'fact',
  'reason',
  'label',
  'verdict',
] as const
export type Topic = (typeof topics)[number]

/** A message that stands inside another one, such as the reason why a mask was left out. */
export interface NestedMessage {
  topic: Topic
  code: string
  params: Params
}

/** A share that is written in percent, with three digits: 0.0125 as 1.25 %. */
export interface Share {
  share: number
}

/** A number is written as it is, a list with commas, a list of messages with semicolons. */
export type Param = string | number | boolean | null | NestedMessage | Share | readonly Param[]

/**
 * The values of a sentence by their names in the locale files. `case` chooses between wordings of one code: the code
 * `folder-unreadable` with the case `not-a-folder` is worded by the entry `folder-unreadable/not-a-folder`.
 */
export type Params = { readonly [name: string]: Param }

/**
 * What was said before messages were data and no pattern knows is kept as its text: with this as its code, or as its
 * case where its code was known.
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

/** @param params must fit the entry of `code` in the locale files */
export function message(code: string, params: Params = {}): Message {
  return { code, params }
}

/** A message that stands inside another one. */
export function inside(topic: Topic, { code, params }: Message): NestedMessage {
  return { topic, code, params }
}
