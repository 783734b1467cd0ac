/** The thread behind everything that is asked about thresholds: one for a session, until it ends. */

import { createDesk } from '../../features/thresholds/desk.ts'
import { answerDesk, deskRequestSchema } from '../../features/thresholds/threshold-thread.ts'
import { serveDesk } from '../../threads/desk-thread.ts'

serveDesk((db) => {
  const desk = createDesk(db)
  return (message) => {
    const request = deskRequestSchema.parse(message)
    return request.name === 'rescore'
      ? desk.rescore(request.input)
      : answerDesk(desk.calls, request.name, request.input)
  }
})
