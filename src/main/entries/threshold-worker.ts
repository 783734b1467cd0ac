/** The thread behind everything that is asked about thresholds: one for a session, until it ends. */
import { serveDesk } from '../services/desk-thread.ts'
import { answerDesk, deskRequestSchema } from '../services/threshold-thread.ts'
import { createDesk } from '../thresholds/desk.ts'

serveDesk((db) => {
  const desk = createDesk(db)
  return (message) => {
    const request = deskRequestSchema.parse(message)
    return request.name === 'rescore'
      ? desk.rescore(request.input)
      : answerDesk(desk.calls, request.name, request.input)
  }
})
