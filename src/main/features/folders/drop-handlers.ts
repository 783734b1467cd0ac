import { join } from 'node:path'
import type { Handlers } from '../../contract/dispatch.ts'
import type { HandlerContext } from '../../session/handler-context.ts'
import type { Drops } from './drops.ts'

export function dropHandlers(
  context: HandlerContext,
  drops: Drops,
): Pick<Handlers, 'drop.begin' | 'drop.end'> {
  const { events } = context
  // When the import job ends, the dropped folder is not needed any more, whatever the outcome.
  events.on('job.changed', ({ kind, state, payload }) => {
    if (kind !== 'import' || state === 'queued' || state === 'running') return
    if (typeof payload.folder === 'string') void drops.endFolder(payload.folder)
  })
  return {
    'drop.begin': ({ name, files, bytes }) =>
      drops.begin(join(context.session().workspace.paths.cache, 'dropped'), { name, files, bytes }),
    'drop.end': async ({ id }) => {
      await drops.end(id)
      return {}
    },
  }
}
