import { measureRunRegions } from '../../features/scoring/measure-regions.ts'
import { regionTaskSchema } from '../../features/scoring/measure-regions-task.ts'
import { findRun } from '../../store/runs.ts'
import { attachWorkspace } from '../../store/workspace.ts'
import { serveThread } from '../../threads/thread-pool.ts'

serveThread(regionTaskSchema, async ({ dir, run, images }) => {
  const workspace = attachWorkspace(dir)
  try {
    return { measured: await measureRunRegions(workspace, findRun(workspace.db, run), images) }
  } finally {
    workspace.close()
  }
})
