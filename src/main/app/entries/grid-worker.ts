/** The thread behind the grids of datasets: one for a session, until it ends. */
import { calls } from '../../../shared/contract.ts'
import { createGridDesk } from '../../features/datasets/grid-desk.ts'
import { serveDesk } from '../../threads/desk-thread.ts'

serveDesk((db) => {
  const images = createGridDesk(db)
  return (request) => images(calls['dataset.images'].input.parse(request))
})
