/** Thread tasks that make and read masks: for a large photograph that takes longer than main may be blocked. */
import { z } from 'zod'
import { datasetSchema } from '../../../shared/dataset.ts'
import {
  maskExportSchema,
  maskFormatSchema,
  maskImportFormatSchema,
  maskImportSchema,
  savedAnnotationSchema,
  shapesSchema,
} from '../../../shared/label.ts'
import { imageIdSchema } from '../../../shared/values.ts'
import { defineWorkspaceTask, noProgress } from '../../threads/task.ts'

/** Reads the shapes of an imported mask. */
export const readShapesTask = defineWorkspaceTask({
  name: 'read-shapes',
  input: z.object({ image: imageIdSchema }),
  progress: noProgress,
  result: shapesSchema,
  async work(workspace, { image }) {
    const { shapesOf } = await import('./annotate.ts')
    return shapesOf(workspace, image)
  },
})

export const saveAnnotationTask = defineWorkspaceTask({
  name: 'save-annotation',
  input: z.object({ image: imageIdSchema, shapes: shapesSchema, operatorId: z.int().nullable() }),
  progress: noProgress,
  result: savedAnnotationSchema,
  async work(workspace, request) {
    const { saveAnnotation } = await import('./annotate.ts')
    return saveAnnotation(workspace, request)
  },
})

const exchange = z.object({ dataset: datasetSchema, folder: z.string() })

export const importMasksTask = defineWorkspaceTask({
  name: 'import-masks',
  input: exchange.extend({
    format: maskImportFormatSchema,
    invert: z.boolean(),
    operatorId: z.int().nullable(),
  }),
  progress: noProgress,
  result: maskImportSchema,
  async work(workspace, request) {
    const { importMasks } = await import('./exchange.ts')
    return importMasks(workspace, request)
  },
})

export const exportMasksTask = defineWorkspaceTask({
  name: 'export-masks',
  input: exchange.extend({ format: maskFormatSchema }),
  progress: noProgress,
  result: maskExportSchema,
  async work(workspace, request) {
    const { exportMasks } = await import('./exchange.ts')
    return exportMasks(workspace, request)
  },
})
