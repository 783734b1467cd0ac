import type { Handlers } from '../contract/dispatch.ts'
import { judgePromotion, promote, rollBack } from '../services/promotion.ts'
import { findDataset } from '../store/datasets.ts'
import { modelHistory, modelsInUse } from '../store/model-uses.ts'
import type { HandlerContext } from './context.ts'

export const modelHandlers = (
  context: HandlerContext,
): Pick<Handlers, 'model.list' | 'model.history' | 'model.judge' | 'model.promote' | 'model.rollBack'> => ({
  'model.list': () => modelsInUse(context.session().workspace.db),
  'model.history': ({ dataset }) => {
    const { db } = context.session().workspace
    return modelHistory(db, findDataset(db, dataset).id)
  },
  'model.judge': async (request) => {
    const { gate, comparison } = await judgePromotion(context.session(), request)
    return { gate, comparison }
  },
  'model.promote': async (request) => (await promote(context.session(), request)).use,
  'model.rollBack': (request) => rollBack(context.session(), request),
})
