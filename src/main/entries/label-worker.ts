import { saveAnnotation, shapesOf } from '../label/annotate.ts'
import { exportMasks, importMasks } from '../label/exchange.ts'
import { labelTaskSchema } from '../label/label-in-thread.ts'
import { serveThread } from '../store/worker.ts'
import { attachWorkspace } from '../store/workspace.ts'

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
