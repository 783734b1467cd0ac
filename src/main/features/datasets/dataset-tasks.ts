/** Thread tasks over a whole dataset. */
import { z } from 'zod'
import {
  changedImagesSchema,
  duplicateReportSchema,
  imageChangeSchema,
  imageChoiceSchema,
  splitPreviewSchema,
  splitRequestSchema,
} from '../../../shared/dataset.ts'
import { regionOfInterestPreviewSchema, regionOfInterestSchema } from '../../../shared/region-of-interest.ts'
import { idSchema, imageIdSchema } from '../../../shared/values.ts'
import { counted, defineWorkspaceTask, noProgress } from '../../threads/task.ts'

export const changeImagesTask = defineWorkspaceTask({
  name: 'change-images',
  input: z.object({
    datasetId: idSchema,
    choice: imageChoiceSchema,
    change: imageChangeSchema,
    operator: z.string().nullable(),
  }),
  progress: noProgress,
  result: changedImagesSchema,
  async work({ db }, request) {
    const { changeImages } = await import('./change-images.ts')
    return changeImages(db, request)
  },
})

export const splitImagesTask = defineWorkspaceTask({
  name: 'split-images',
  input: z.object({
    datasetId: idSchema,
    split: splitRequestSchema,
    apply: z.boolean(),
    operator: z.string().nullable(),
  }),
  progress: noProgress,
  result: splitPreviewSchema,
  async work({ db }, request) {
    const { splitImages } = await import('./change-images.ts')
    return splitImages(db, request)
  },
})

export const findDuplicatesTask = defineWorkspaceTask({
  name: 'find-duplicates',
  input: z.object({ datasetId: idSchema }),
  progress: counted,
  result: duplicateReportSchema,
  async work(workspace, { datasetId }, context) {
    const { findDuplicates } = await import('./find-duplicates.ts')
    return findDuplicates(workspace, datasetId, context)
  },
})

export const measureGrayLevelsTask = defineWorkspaceTask({
  name: 'measure-gray-levels',
  input: z.object({ datasetId: idSchema, bitDepth: z.literal(16).nullable() }),
  progress: counted,
  result: z.object({ measured: z.int() }),
  async work(workspace, { datasetId, bitDepth }, { onProgress }) {
    const { measureImages } = await import('./measure-gray-levels.ts')
    return measureImages(workspace, datasetId, bitDepth, onProgress)
  },
})

export const previewRegionOfInterestTask = defineWorkspaceTask({
  name: 'preview-region',
  input: z.object({
    datasetId: idSchema,
    region: regionOfInterestSchema,
    images: z.array(imageIdSchema),
    channels: z.literal([1, 3]),
  }),
  progress: noProgress,
  result: z.array(regionOfInterestPreviewSchema),
  async work(workspace, request) {
    const { previewRegionOfInterest } = await import('./preview-region-of-interest.ts')
    return previewRegionOfInterest(workspace, request)
  },
})
