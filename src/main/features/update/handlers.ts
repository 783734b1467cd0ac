import { isAbsolute } from 'node:path'
import { Failure, failureData } from '../../../shared/failure.ts'
import type { Handlers } from '../../contract/dispatch.ts'
import { applicationVersion } from '../../platform/application-version.ts'
import { rateLimit } from '../../platform/rate-limit.ts'
import type { HandlerContext } from '../../session/handler-context.ts'
import { lookAt, obstacleOf } from './offer.ts'
import { prepareUpdate } from './prepare-update.ts'
import { lastUpdate } from './update-notes.ts'

/** Milliseconds between two states of progress that windows are told. */
const shownEvery = 250

export function updateHandlers(
  context: HandlerContext,
): Pick<Handlers, 'update.state' | 'update.look' | 'update.start'> {
  const { installation, changeVersion, events } = context
  const obstacle = obstacleOf(changeVersion === null ? null : installation)
  const isWatching = (): boolean =>
    context
      .current()
      ?.jobs.list({ active: true })
      .some(({ kind }) => kind === 'live') === true
  const look = (folder: string) => {
    if (!isAbsolute(folder)) throw new Failure('path-not-absolute', { path: folder })
    if (obstacle !== null) throw obstacle
    return lookAt(folder, installation)
  }
  return {
    'update.state': () => ({
      version: applicationVersion(),
      obstacle: obstacle && failureData(obstacle),
      last: installation && lastUpdate(installation),
      isWatching: isWatching(),
    }),
    'update.look': async ({ folder }) => (await look(folder)).offer,
    'update.start': async ({ folder, whileWatching, operator = null }) => {
      const checked = await look(folder)
      if (installation === null || changeVersion === null) throw new Failure('update-not-possible')
      if (isWatching() && !whileWatching) throw new Failure('update-line-watched')
      const show = rateLimit<{ done: number; total: number }>(shownEvery, (progress) =>
        events.emit('update.progress', progress),
      )
      const change = await prepareUpdate(installation, checked, {
        present: () => {
          const workspace = context.current()?.workspace
          return workspace?.copy === null ? workspace : null
        },
        operator,
        whileWatching: isWatching(),
        signal: new AbortController().signal,
        onProgress: show.offer,
      }).finally(show.flush)
      changeVersion(change)
      return { version: change.to }
    },
  }
}
