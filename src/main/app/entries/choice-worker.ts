import { carryOver } from '../../features/choosing/carry-over.ts'
import { choiceTaskSchema } from '../../features/choosing/choice-in-thread.ts'
import { compareOptions } from '../../features/choosing/compare-options.ts'
import { attachWorkspace } from '../../store/workspace.ts'
import { serveThread } from '../../threads/run-in-thread.ts'

serveThread(choiceTaskSchema, async (task) => {
  if (task.kind === 'compare') return compareOptions(task.items, task.runs, task.seed)
  const workspace = attachWorkspace(task.dir)
  try {
    return carryOver(workspace.db, task.report)
  } finally {
    workspace.close()
  }
})
