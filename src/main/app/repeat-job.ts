/** Repeats a job that was interrupted, failed or cancelled; each kind of job continues from where it stopped. */
import { z } from 'zod'
import { choiceRequestSchema } from '../../shared/choice.ts'
import { Failure } from '../../shared/failure.ts'
import { labelSchema, layoutSchema, splitSchema } from '../../shared/image.ts'
import { importCorrectionSchema } from '../../shared/import.ts'
import { curveRequestSchema } from '../../shared/learning-curve.ts'
import type { Id } from '../../shared/values.ts'
import { choosePlan } from '../features/choosing/choose-job.ts'
import { duplicatesPlan } from '../features/datasets/duplicates-job.ts'
import { importPlan } from '../features/import/import-job.ts'
import { curvePlan } from '../features/learning-curve/curve-job.ts'
import { samplePlan } from '../features/sample/sample-job.ts'
import { scorePlan } from '../features/scoring/score-job.ts'
import { resumeTraining } from '../features/training/training.ts'
import { verifyPlan } from '../features/workspace/verify-job.ts'
import type { Session } from '../session/session.ts'
import { findDataset } from '../store/datasets.ts'

const importPayload = z.object({
  folder: z.string(),
  dataset: z.string(),
  layout: z.union([layoutSchema, z.literal('auto')]),
  unlabeledAs: labelSchema,
  hasDirection: z.boolean().nullable(),
  corrections: z.array(importCorrectionSchema).default([]),
  followLinks: z.boolean().default(false),
  as: z.string().optional(),
})
const samplePayload = z.object({ folder: z.string(), seed: z.number().int() })
const datasetPayload = z.object({ dataset: z.string() })
const trainPayload = z.object({ run: z.string() })
const scorePayload = z.object({
  run: z.string(),
  datasetId: z.string(),
  split: splitSchema.nullable(),
  again: z.boolean(),
  since: z.number().optional(),
})

/** @throws Failure `unknown-job`, `job-active`, `job-not-repeatable` */
export function repeatJob(session: Session, id: Id): Id {
  const { kind, state, payload, startedAt } = session.jobs.find(id)
  if (state === 'queued' || state === 'running') {
    throw new Failure('job-active', { job: id, state })
  }
  switch (kind) {
    case 'import': {
      const { as, ...request } = importPayload.parse(payload)
      return session.jobs.start(importPlan(session, { ...request, ...(as === undefined ? {} : { as }) })).id
    }
    case 'sample':
      return session.jobs.start(samplePlan(session, samplePayload.parse(payload))).id
    case 'train':
      return resumeTraining(session, trainPayload.parse(payload).run).job
    case 'score': {
      const { since, ...request } = scorePayload.parse(payload)
      // Where all images were to be scored again, only those are that this job had not scored before it stopped.
      const from = since ?? startedAt
      return session.jobs.start(scorePlan(session, { ...request, ...(from === null ? {} : { since: from }) }))
        .id
    }
    case 'choose':
      return session.jobs.start(choosePlan(session, choiceRequestSchema.parse(payload))).id
    case 'curve':
      return session.jobs.start(curvePlan(session, curveRequestSchema.parse(payload))).id
    case 'duplicates': {
      const { dataset } = datasetPayload.parse(payload)
      return session.jobs.start(duplicatesPlan(session, findDataset(session.workspace.db, dataset))).id
    }
    case 'verify':
      return session.jobs.start(verifyPlan(session)).id
    default:
      throw new Failure('job-not-repeatable', { kind })
  }
}
