import type { Handlers } from '../../contract/dispatch.ts'
import type { HandlerContext } from '../../session/handler-context.ts'
import { listPoints } from '../../store/inspection-points.ts'
import { newestWatch } from '../../store/live.ts'
import { countLate } from '../../store/results.ts'
import { addOutput, changeOutput, partRecord, removeOutput, testOutput } from './change-outputs.ts'
import { dispatcherOf, followOutputs, lineStateOf, outputStates } from './deliver-results.ts'

export function deliveryHandlers(
  context: HandlerContext,
): Pick<
  Handlers,
  'output.list' | 'output.create' | 'output.change' | 'output.remove' | 'output.test' | 'output.record'
> {
  const db = () => context.session().workspace.db
  const followed = async (): Promise<Record<string, never>> => {
    await followOutputs(context.session())
    return {}
  }
  return {
    'output.list': () => ({
      points: listPoints(db()).map(({ name }) => ({
        name,
        state: lineStateOf(context.session(), name),
        late: countLate(db(), name, newestWatch(db(), name)?.createdAt ?? 0),
      })),
      outputs: outputStates(context.session()),
    }),
    async 'output.create'(request) {
      const id = addOutput(db(), request)
      await followed()
      return { id }
    },
    'output.change': (request) => {
      changeOutput(db(), request)
      return followed()
    },
    'output.remove': ({ id, operator = null }) => {
      removeOutput(db(), id, operator)
      return followed()
    },
    'output.test': async ({ id, operator = null }) => ({
      milliseconds: await testOutput(db(), id, {
        atWork: dispatcherOf(context.session(), id)?.connection,
        operator,
      }),
    }),
    'output.record': ({ part }) => partRecord(db(), part),
  }
}
