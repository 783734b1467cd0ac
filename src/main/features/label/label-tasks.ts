/** Thread tasks that make and read masks: for a large photograph that takes longer than main may be blocked. */
import { z } from 'zod'
import { datasetSchema } from '../../../shared/dataset.ts'
import {
  maskExportSchema,
  maskFormatSchema,
  maskImportFormatSchema,
  maskImportSchema,
  masksWrittenSchema,
  savedAnnotationSchema,
  shapesSchema,
  typeChangedSchema,
  verdictSchema,
} from '../../../shared/label.ts'
import { idSchema, imageIdSchema } from '../../../shared/values.ts'
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
  input: z.object({
    image: imageIdSchema,
    shapes: shapesSchema,
    verdict: verdictSchema.nullable(),
    unmasked: verdictSchema.nullable(),
    operatorId: z.int().nullable(),
  }),
  progress: noProgress,
  result: savedAnnotationSchema,
  async work(workspace, request) {
    const { saveAnnotation } = await import('./annotate.ts')
    return saveAnnotation(workspace, request)
  },
})

export const changeTypeTask = defineWorkspaceTask({
  name: 'change-type',
  input: z.object({
    datasetId: idSchema,
    kind: z.enum(['rename', 'remove']),
    name: z.string(),
    becomes: z.string().nullable(),
    operator: z.string().nullable(),
  }),
  progress: noProgress,
  result: typeChangedSchema,
  async work({ db }, request) {
    const { changeType } = await import('../../store/type-changes.ts')
    return changeType(db, request)
  },
})

export const undoTypeChangeTask = defineWorkspaceTask({
  name: 'undo-type-change',
  input: z.object({ change: z.int().positive(), operator: z.string().nullable() }),
  progress: noProgress,
  result: z.object({ datasetId: idSchema, name: z.string(), kept: z.int().nonnegative() }),
  async work({ db }, { change, operator }) {
    const { undoTypeChange } = await import('../../store/type-changes.ts')
    return undoTypeChange(db, change, operator)
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
    const { exportMasks } = await import('./export-masks.ts')
    return exportMasks(workspace, request)
  },
})

export const writeMasksTask = defineWorkspaceTask({
  name: 'write-masks',
  input: z.object({}),
  progress: noProgress,
  result: masksWrittenSchema,
  async work(workspace, _, context) {
    const { mendMasks } = await import('./mend-masks.ts')
    return mendMasks(workspace, context)
  },
})
