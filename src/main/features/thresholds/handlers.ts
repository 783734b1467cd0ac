import type { Handlers } from '../../contract/dispatch.ts'
import type { HandlerContext } from '../../session/handler-context.ts'
import { findRun } from '../../store/runs.ts'
import { measureRegions } from '../scoring/region-thread.ts'

type Names =
  | 'threshold.validation'
  | 'threshold.distribution'
  | 'threshold.at'
  | 'threshold.choose'
  | 'threshold.flips'
  | 'threshold.measureRegions'
  | 'point.list'
  | 'point.save'
  | 'point.use'

export const thresholdHandlers = (context: HandlerContext): Pick<Handlers, Names> => ({
  'threshold.validation': (input) => context.session().thresholds.ask('threshold.validation', input),
  'threshold.distribution': (input) => context.session().thresholds.ask('threshold.distribution', input),
  'threshold.at': (input) => context.session().thresholds.ask('threshold.at', input),
  'threshold.choose': (input) => context.session().thresholds.ask('threshold.choose', input),
  'threshold.flips': (input) => context.session().thresholds.ask('threshold.flips', input),
  'threshold.measureRegions': async ({ run }) => {
    const { workspace } = context.session()
    return { measured: await measureRegions(workspace, findRun(workspace.db, run).id) }
  },
  'point.list': (input) => context.session().thresholds.ask('point.list', input),
  'point.save': async (input) => {
    const { thresholds, events } = context.session()
    const point = await thresholds.ask('point.save', input)
    events.emit('point.changed', { run: point.run })
    return point
  },
  'point.use': async (input) => {
    const { thresholds, events } = context.session()
    const point = await thresholds.ask('point.use', input)
    events.emit('point.changed', { run: point.run })
    return point
  },
})
