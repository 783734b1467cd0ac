/** What the doctor says about this machine. */
import { z } from 'zod'
import { call, none } from './call.ts'

/** What the doctor found missing. `blocks`: something does not work at all; `limits`: it works, at a cost. */
export const findingSchema = z.object({
  /** Stays as it is; the texts may change. */
  code: z.enum([
    'node-old',
    'engine-broken',
    'engine-wrong',
    'tensorflow-missing',
    'gpu-missing',
    'gpu-unused',
    'electron-missing',
    'windows-not-built',
    'workspace-in-use',
    'workspace-unusable',
    'disk-nearly-full',
  ]),
  piece: z.enum(['node', 'tensorflow', 'gpu', 'electron', 'windows', 'workspace', 'disk']),
  weight: z.enum(['blocks', 'limits']),
  what: z.string(),
  cost: z.string(),
  remedy: z.string(),
})
export type Finding = z.infer<typeof findingSchema>

export const doctorCalls = {
  /** The doctor's report as text lines and as data. */
  'app.doctor': call(
    none,
    z.object({ text: z.string(), report: z.looseObject({ findings: z.array(findingSchema) }) }),
  ),
} as const
