import { resolve } from 'node:path'
import type { Handlers } from '../../contract/dispatch.ts'
import type { HandlerContext } from '../../session/handler-context.ts'
import { findDataset } from '../../store/datasets.ts'
import { modelHistory, modelsWithPoints } from '../../store/model-uses.ts'
import { importModel } from './model-import.ts'
import { judgePromotion, promote, rollBack } from './promotion.ts'

export const modelHandlers = (
  context: HandlerContext,
): Pick<
  Handlers,
  'model.list' | 'model.history' | 'model.judge' | 'model.promote' | 'model.rollBack' | 'model.import'
> => ({
  'model.list': () => modelsWithPoints(context.session().workspace.db),
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
  'model.import': async ({ folder, ...request }) => {
    const { run, dataset, threshold } = await importModel(context.session(), {
      ...request,
      folder: resolve(folder),
    })
    return { run: run.id, dataset, threshold: threshold?.threshold ?? null }
  },
})
