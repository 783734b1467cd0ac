import { z } from 'zod'
import { layoutSchema } from '../../../shared/image.ts'
import { folderPreviewSchema, importCorrectionSchema } from '../../../shared/import.ts'
import { defineTask, noProgress } from '../../threads/task.ts'

/** Looks at a folder; one of many files would keep main from answering windows. */
export const previewFolderTask = defineTask({
  name: 'preview-folder',
  input: z.object({
    path: z.string(),
    layout: z.union([layoutSchema, z.literal('auto')]).default('auto'),
    followLinks: z.boolean().default(false),
    corrections: z.array(importCorrectionSchema).default([]),
  }),
  progress: noProgress,
  result: folderPreviewSchema,
  async work({ path, ...options }, { signal }) {
    const { previewFolder } = await import('./preview-folder.ts')
    return previewFolder(path, { ...options, signal })
  },
})
