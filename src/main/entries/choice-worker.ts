import { carryOver } from '../choosing/carry-over.ts'
import { choiceTaskSchema } from '../choosing/choice-in-thread.ts'
import { compareOptions } from '../choosing/compare-options.ts'
import { serveThread } from '../store/worker.ts'
import { attachWorkspace } from '../store/workspace.ts'

serveThread(choiceTaskSchema, async (task) => {
  if (task.kind === 'compare') return compareOptions(task.items, task.runs, task.seed)
  const workspace = attachWorkspace(task.dir)
  try {
    return carryOver(workspace.db, task.report)
  } finally {
    workspace.close()
  }
})
