import { importFolder } from '../../features/import/import-folder.ts'
import { importTaskSchema } from '../../features/import/import-in-thread.ts'
import { attachWorkspace } from '../../store/workspace.ts'
import { serveThread } from '../../threads/run-in-thread.ts'

/** Milliseconds between two messages to main, at least. */
const progressInterval = 100

serveThread(importTaskSchema, async ({ dir, validationFraction, ...options }, { signal, onProgress }) => {
  const workspace = attachWorkspace(dir)
  let sent = 0
  try {
    return await importFolder(workspace, {
      ...options,
      ...(validationFraction === undefined ? {} : { validationFraction }),
      signal,
      onProgress(progress) {
        const now = performance.now()
        if (progress.done < progress.total && now - sent < progressInterval) return
        sent = now
        onProgress(progress)
      },
    })
  } finally {
    workspace.close()
  }
})
