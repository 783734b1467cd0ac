import type { Handlers } from '../../contract/dispatch.ts'
import type { HandlerContext } from '../../session/handler-context.ts'
import {
  addInspectionPoint,
  changeInspectionPoint,
  pointStates,
  removeInspectionPoint,
} from './inspection-points.ts'
import { liveState, startLive, stopLive } from './live.ts'
import { filesAt, viewsOfImage } from './part-views.ts'
import { chooseRecipe, dropRecipe, keepRecipe, recipesAt } from './recipes.ts'
import { seePart, undoSeen } from './see-parts.ts'

export const liveHandlers = (
  context: HandlerContext,
): Pick<
  Handlers,
  | 'inspection.list'
  | 'inspection.add'
  | 'inspection.change'
  | 'inspection.files'
  | 'inspection.remove'
  | 'recipe.list'
  | 'recipe.save'
  | 'recipe.remove'
  | 'recipe.use'
  | 'live.start'
  | 'live.stop'
  | 'live.state'
  | 'live.views'
  | 'live.seen'
  | 'live.undo'
> => ({
  'inspection.list': () => pointStates(context.session()),
  'inspection.add': ({ name, mostWaiting, views, operator = null }) => {
    addInspectionPoint(context.session(), { name, mostWaiting, views }, operator)
    return {}
  },
  'inspection.change': ({ name, mostWaiting, views, operator = null }) => {
    changeInspectionPoint(context.session(), { name, mostWaiting, views }, operator)
    return {}
  },
  'inspection.files': async ({ name, folder }) => ({
    files: await filesAt(context.session().workspace.db, name, folder),
  }),
  'inspection.remove': ({ name, operator = null }) => {
    removeInspectionPoint(context.session(), name, operator)
    return {}
  },
  'recipe.list': ({ point }) => recipesAt(context.session(), point),
  'recipe.save': ({ point, operator = null, ...settings }) => ({
    id: keepRecipe(context.session(), point, settings, operator),
  }),
  'recipe.remove': ({ recipe, operator = null }) => {
    dropRecipe(context.session(), recipe, operator)
    return {}
  },
  'recipe.use': ({ recipe, operator = null }) => {
    chooseRecipe(context.session(), recipe, operator)
    return {}
  },
  'live.start': (request) => startLive(context.session(), request),
  'live.stop': ({ point }) => {
    stopLive(context.session(), point)
    return {}
  },
  'live.views': ({ image }) => viewsOfImage(context.session(), image),
  'live.state': ({ point }) => liveState(context.session(), point),
  'live.seen': (request) => {
    seePart(context.session(), request)
    return {}
  },
  'live.undo': (request) => undoSeen(context.session(), request),
})
