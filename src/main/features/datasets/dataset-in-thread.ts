/** Work on a whole dataset beside main. */
import 'sharp'
import { z } from 'zod'
import {
  type DuplicateReport,
  duplicateReportSchema,
  type ImageChange,
  type ImageChoice,
  imageChangeSchema,
  imageChoiceSchema,
  type SplitPreview,
  type SplitRequest,
  splitPreviewSchema,
  splitRequestSchema,
} from '../../../shared/dataset.ts'
import {
  type RegionOfInterest,
  type RegionPreview,
  regionOfInterestSchema,
  regionPreviewSchema,
} from '../../../shared/region-of-interest.ts'
import { type Id, type ImageId, idSchema, imageIdSchema } from '../../../shared/values.ts'
import type { Workspace } from '../../store/workspace.ts'
import { runInThread } from '../../threads/run-in-thread.ts'
import type { DuplicateContext } from './find-duplicates.ts'

const base = { dir: z.string(), datasetId: idSchema }
export const datasetTaskSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('change'),
    ...base,
    choice: imageChoiceSchema,
    change: imageChangeSchema,
    operator: z.string().nullable(),
  }),
  z.object({ kind: z.literal('split'), ...base, split: splitRequestSchema, apply: z.boolean() }),
  z.object({ kind: z.literal('duplicates'), ...base }),
  z.object({
    kind: z.literal('region'),
    ...base,
    region: regionOfInterestSchema,
    images: z.array(imageIdSchema),
    channels: z.literal([1, 3]),
  }),
])

const progress = z.object({ done: z.number(), total: z.number() })

export const changeInThread = (
  { dir }: Workspace,
  request: { datasetId: Id; choice: ImageChoice; change: ImageChange; operator: string | null },
): Promise<{ changed: number }> =>
  runInThread(
    'dataset-worker',
    { kind: 'change', dir, ...request },
    { progress, result: z.object({ changed: z.int() }) },
  )

export const splitInThread = (
  { dir }: Workspace,
  request: { datasetId: Id; split: SplitRequest; apply: boolean },
): Promise<SplitPreview> =>
  runInThread('dataset-worker', { kind: 'split', dir, ...request }, { progress, result: splitPreviewSchema })

export const duplicatesInThread = (
  { dir }: Workspace,
  datasetId: Id,
  context: DuplicateContext,
): Promise<DuplicateReport> =>
  runInThread(
    'dataset-worker',
    { kind: 'duplicates', dir, datasetId },
    { progress, result: duplicateReportSchema },
    context,
  )

export const previewRegionInThread = (
  { dir }: Workspace,
  request: { datasetId: Id; region: RegionOfInterest; images: ImageId[]; channels: 1 | 3 },
): Promise<RegionPreview[]> =>
  runInThread(
    'dataset-worker',
    { kind: 'region', dir, ...request },
    { progress, result: z.array(regionPreviewSchema) },
  )
