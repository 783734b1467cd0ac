import { saveAnnotation, shapesOf } from '../../features/label/annotate.ts'
import { exportMasks, importMasks } from '../../features/label/exchange.ts'
import { labelTaskSchema } from '../../features/label/label-in-thread.ts'
import { attachWorkspace } from '../../store/workspace.ts'
import { serveThread } from '../../threads/run-in-thread.ts'

serveThread(labelTaskSchema, async (task) => {
  const workspace = attachWorkspace(task.dir)
  try {
    switch (task.kind) {
      case 'open':
        return await shapesOf(workspace, task.image)
      case 'save':
        return await saveAnnotation(workspace, task)
      case 'import':
        return await importMasks(workspace, task)
      case 'export':
        return await exportMasks(workspace, task)
    }
  } finally {
    workspace.close()
  }
})
