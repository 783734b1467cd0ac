/** The doctor's report about this machine. */
import { z } from 'zod'
import { call, none } from './call.ts'
import { messageSchema } from './messages/message.ts'

/** What the doctor found missing, a message of the topic `finding`. `blocks`: something does not work at all; `limits`: it works, at a cost. */
export const findingSchema = messageSchema.extend({
  code: z.enum([
    'node-old',
    'engine-broken',
    'engine-wrong',
    'tensorflow-missing',
    'gpu-missing',
    'gpu-unused',
    'backbone-missing',
    'electron-missing',
    'windows-not-built',
    'workspace-in-use',
    'workspace-unusable',
    'disk-nearly-full',
  ]),
  piece: z.enum(['node', 'tensorflow', 'gpu', 'backbone', 'electron', 'windows', 'workspace', 'disk']),
  weight: z.enum(['blocks', 'limits']),
})
export type Finding = z.infer<typeof findingSchema>

export const doctorCalls = {
  /** The doctor's report as text lines and as data. */
  'app.doctor': call(
    none,
    z.object({
      text: z.string(),
      report: z.looseObject({ facts: z.array(messageSchema), findings: z.array(findingSchema) }),
    }),
  ),
} as const
