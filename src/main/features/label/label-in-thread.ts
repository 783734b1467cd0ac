/** Making masks beside main: a large photograph takes longer than a window may wait for an answer. */
import 'sharp'
import { z } from 'zod'
import { type Dataset, datasetSchema } from '../../../shared/dataset.ts'
import {
  type MaskExport,
  type MaskFormat,
  type MaskImport,
  maskExportSchema,
  maskFormatSchema,
  maskImportSchema,
  type SavedAnnotation,
  type Shape,
  savedAnnotationSchema,
  shapesSchema,
} from '../../../shared/label.ts'
import { type ImageId, imageIdSchema } from '../../../shared/values.ts'
import type { Workspace } from '../../store/workspace.ts'
import { runInThread } from '../../threads/run-in-thread.ts'

const exchange = { dir: z.string(), dataset: datasetSchema, format: maskFormatSchema, folder: z.string() }

export const labelTaskSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('open'), dir: z.string(), image: imageIdSchema }),
  z.object({
    kind: z.literal('save'),
    dir: z.string(),
    image: imageIdSchema,
    shapes: shapesSchema,
    operatorId: z.int().nullable(),
  }),
  z.object({ kind: z.literal('import'), ...exchange }),
  z.object({ kind: z.literal('export'), ...exchange }),
])

const progress = z.unknown()

export const openInThread = ({ dir }: Workspace, image: ImageId): Promise<Shape[]> =>
  runInThread('label-worker', { kind: 'open', dir, image }, { progress, result: shapesSchema })

export const saveInThread = (
  { dir }: Workspace,
  request: { image: ImageId; shapes: readonly Shape[]; operatorId: number | null },
): Promise<SavedAnnotation> =>
  runInThread('label-worker', { kind: 'save', dir, ...request }, { progress, result: savedAnnotationSchema })

export const exportInThread = (
  { dir }: Workspace,
  request: { dataset: Dataset; format: MaskFormat; folder: string },
): Promise<MaskExport> =>
  runInThread('label-worker', { kind: 'export', dir, ...request }, { progress, result: maskExportSchema })

export const importInThread = (
  { dir }: Workspace,
  request: { dataset: Dataset; format: MaskFormat; folder: string },
): Promise<MaskImport> =>
  runInThread('label-worker', { kind: 'import', dir, ...request }, { progress, result: maskImportSchema })
