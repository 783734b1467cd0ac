import { regionTaskSchema } from '../services/region-thread.ts'
import { findRun } from '../store/runs.ts'
import { serveThread } from '../store/worker.ts'
import { attachWorkspace } from '../store/workspace.ts'
import { measureRunRegions } from '../thresholds/measure-regions.ts'

serveThread(regionTaskSchema, async ({ dir, run, images }) => {
  const workspace = attachWorkspace(dir)
  try {
    return { measured: await measureRunRegions(workspace, findRun(workspace.db, run), images) }
  } finally {
    workspace.close()
  }
})
