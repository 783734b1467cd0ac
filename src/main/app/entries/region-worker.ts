import { measureRunRegions } from '../../features/scoring/measure-regions.ts'
import { regionTaskSchema } from '../../features/scoring/region-thread.ts'
import { findRun } from '../../store/runs.ts'
import { attachWorkspace } from '../../store/workspace.ts'
import { serveThread } from '../../threads/run-in-thread.ts'

serveThread(regionTaskSchema, async ({ dir, run, images }) => {
  const workspace = attachWorkspace(dir)
  try {
    return { measured: await measureRunRegions(workspace, findRun(workspace.db, run), images) }
  } finally {
    workspace.close()
  }
})
