import { proposeCuration } from '../services/curation.ts'
import { curationTaskSchema } from '../services/curation-in-thread.ts'
import { serveThread } from '../store/worker.ts'
import { attachWorkspace } from '../store/workspace.ts'

serveThread(curationTaskSchema, async ({ dir, run }, { onProgress }) => {
  const workspace = attachWorkspace(dir)
  try {
    return await proposeCuration(workspace, { run }, { onProgress })
  } finally {
    workspace.close()
  }
})
