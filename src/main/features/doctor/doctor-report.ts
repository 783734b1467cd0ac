/** What the doctor says about a machine, as `doctor --json` prints it and the Settings screen shows it. */

import { z } from 'zod'
import { backboneSchema } from '../../../shared/backbone.ts'
import { findingSchema } from '../../../shared/doctor.ts'
import { failureInfoSchema } from '../../../shared/failure-schema.ts'
import { messageSchema } from '../../../shared/messages/message.ts'
import { deviceProofSchema, providerSchema } from '../../engine/protocol.ts'
import { offlineBundleSchema } from '../../platform/offline-bundle.ts'

export const doctorReportSchema = z.object({
  /** Nothing blocks. */
  ok: z.boolean(),
  version: z.string(),
  /** The offline bundle that this program was unpacked from; null in the project. */
  bundle: offlineBundleSchema.nullable(),
  /** `oldest`: the oldest major version that the packages run on. */
  node: z.object({ version: z.string(), oldest: z.number().int() }),
  system: z.object({ platform: z.string(), release: z.string(), arch: z.string() }),
  processor: z.object({
    model: z.string(),
    threads: z.number().int(),
    instructions: z.array(z.string()).nullable(),
  }),
  memory: z.object({ totalBytes: z.number(), freeBytes: z.number() }),
  gpus: z.array(z.object({ name: z.string(), driver: z.string(), memoryBytes: z.number() })),
  engine: z.object({
    provider: providerSchema.nullable(),
    /** What executes by name: the GPU's, or the processor's with its instruction sets. */
    device: z.string().nullable(),
    proof: deviceProofSchema.nullable(),
    failure: failureInfoSchema.nullable(),
  }),
  /** The pretrained networks that features come from. */
  backbones: z.array(backboneSchema),
  electron: z.object({
    present: z.boolean(),
    version: z.string().nullable(),
    reason: z.string().nullable(),
  }),
  windowsBuilt: z.boolean(),
  workspace: z.object({ dir: z.string(), state: z.enum(['absent', 'there', 'open', 'in-use', 'unusable']) }),
  disk: z.object({ freeBytes: z.number().nullable() }),
  /** The same for people: messages of the topic `fact`. */
  facts: z.array(messageSchema),
  findings: z.array(findingSchema),
})
export type DoctorReport = z.infer<typeof doctorReportSchema>

/** What was looked at, before anything is made of it. */
export type MachineFacts = Omit<DoctorReport, 'ok' | 'facts' | 'findings'>
