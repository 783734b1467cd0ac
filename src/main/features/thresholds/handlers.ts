import type { Handlers } from '../../contract/dispatch.ts'
import type { HandlerContext } from '../../session/handler-context.ts'
import { findRun } from '../../store/runs.ts'
import { measureFlaggedRegions } from '../scoring/measure-flagged-regions-task.ts'
import { askThresholds } from './threshold-task.ts'

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
  'threshold.validation': (input) => askThresholds(context.session(), 'threshold.validation', input),
  'threshold.distribution': (input) => askThresholds(context.session(), 'threshold.distribution', input),
  'threshold.at': (input) => askThresholds(context.session(), 'threshold.at', input),
  'threshold.choose': (input) => askThresholds(context.session(), 'threshold.choose', input),
  'threshold.flips': (input) => askThresholds(context.session(), 'threshold.flips', input),
  'threshold.measureRegions': async ({ run }) => {
    const { workspace } = context.session()
    return { measured: await measureFlaggedRegions(workspace, findRun(workspace.db, run).id) }
  },
  'point.list': (input) => askThresholds(context.session(), 'point.list', input),
  'point.save': async (input) => {
    const session = context.session()
    const point = await askThresholds(session, 'point.save', input)
    session.events.emit('point.changed', { run: point.run })
    return point
  },
  'point.use': async (input) => {
    const session = context.session()
    const point = await askThresholds(session, 'point.use', input)
    session.events.emit('point.changed', { run: point.run })
    return point
  },
})
