/**
 * What the administrator of a plant sets for a station, in a file beside the program (docs/fanoscope.schema.json): the
 * same file sets up twenty stations alike. What it sets cannot be changed at the station.
 */
import { z } from 'zod'
import { retentionSchema } from './live.ts'

export const stationPolicySchema = z.strictObject({
  $schema: z.string().optional().meta({ description: 'The address of this schema, for editors.' }),
  workspace: z.string().min(1).optional().meta({
    description:
      'The folder of the workspace: a full path, or one that begins with ~/ for the home of the user. It is opened at the start, and no other one from the window.',
  }),
  language: z.enum(['en', 'zh-CN']).optional().meta({ description: 'The language of the window.' }),
  signInRequired: z.boolean().optional().meta({
    description:
      'Whether every change needs somebody who is signed in, also before the first operator is there.',
  }),
  retention: retentionSchema.optional().meta({ description: 'How long pictures of live parts are kept.' }),
})

/** The policy with the file that it was read from. */
export const administeredSchema = z.object({ file: z.string(), policy: stationPolicySchema })
export type Administered = z.infer<typeof administeredSchema>
