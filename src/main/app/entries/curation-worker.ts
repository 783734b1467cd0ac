import { proposeCuration } from '../../features/curation/curation.ts'
import { curationTaskSchema } from '../../features/curation/curation-in-thread.ts'
import { attachWorkspace } from '../../store/workspace.ts'
import { serveThread } from '../../threads/run-in-thread.ts'

serveThread(curationTaskSchema, async ({ dir, run }, { onProgress }) => {
  const workspace = attachWorkspace(dir)
  try {
    return await proposeCuration(workspace, { run }, { onProgress })
  } finally {
    workspace.close()
  }
})
