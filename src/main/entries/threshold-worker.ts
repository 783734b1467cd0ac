/** The thread behind everything that is asked about thresholds: one for a session, until it ends. */
import { parentPort, workerData } from 'node:worker_threads'
import { z } from 'zod'
import { failureData } from '../../shared/failure.ts'
import { answerDesk, deskRequestSchema } from '../services/threshold-thread.ts'
import { attachWorkspace } from '../store/workspace.ts'
import { createDesk } from '../thresholds/desk.ts'

const port = parentPort
if (!port) throw new Error('This file runs as a thread of main, not on its own.')
const workspace = attachWorkspace(z.object({ dir: z.string() }).parse(workerData).dir)
const desk = createDesk(workspace.db)

port.on('message', (message: unknown) => {
  if (message === 'close') {
    workspace.close()
    port.close()
    return
  }
  const { id, ...request } = deskRequestSchema.parse(message)
  try {
    const value =
      request.name === 'rescore'
        ? desk.rescore(request.input)
        : answerDesk(desk.calls, request.name, request.input)
    port.postMessage({ id, ok: true, value })
  } catch (error) {
    port.postMessage({ id, ok: false, failure: failureData(error) })
  }
})
