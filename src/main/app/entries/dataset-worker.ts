import { changeImages, splitImages } from '../../features/datasets/change-images.ts'
import { datasetTaskSchema } from '../../features/datasets/dataset-in-thread.ts'
import { findDuplicates } from '../../features/datasets/find-duplicates.ts'
import { previewRegion } from '../../features/datasets/preview-region.ts'
import { attachWorkspace } from '../../store/workspace.ts'
import { serveThread } from '../../threads/run-in-thread.ts'

/** Milliseconds between two messages to main, at least. */
const progressInterval = 100

serveThread(datasetTaskSchema, async (task, { signal, onProgress }) => {
  const workspace = attachWorkspace(task.dir)
  let sent = 0
  try {
    switch (task.kind) {
      case 'change':
        return changeImages(workspace.db, task)
      case 'split':
        return splitImages(workspace.db, task)
      case 'region':
        return await previewRegion(workspace, task)
      case 'duplicates':
        return await findDuplicates(workspace, task.datasetId, {
          signal,
          onProgress(progress) {
            const now = performance.now()
            if (now - sent < progressInterval) return
            sent = now
            onProgress(progress)
          },
        })
    }
  } finally {
    workspace.close()
  }
})
