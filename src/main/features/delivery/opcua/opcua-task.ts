/** The thread in which a station is an OPC UA server: loading the information model would block main for a second. */
import { z } from 'zod'
import { opcuaSettingsSchema } from '../../../../shared/output.ts'
import { lineStateSchema, resultDocumentSchema } from '../../../../shared/result.ts'
import { defineTask, noProgress } from '../../../threads/task.ts'
import type { StationServer } from './station-server.ts'

let opened: StationServer | null = null

function station(): StationServer {
  if (opened === null) throw new TypeError('no server was opened')
  return opened
}

/** Each thread has one server. */
export const opcuaTask = defineTask({
  name: 'opcua',
  input: z.discriminatedUnion('does', [
    z.object({
      does: z.literal('open'),
      settings: opcuaSettingsSchema,
      password: z.string().nullable(),
      point: z.string(),
      folder: z.string(),
    }),
    z.object({ does: z.literal('deliver'), result: resultDocumentSchema }),
    z.object({ does: z.literal('tell'), state: lineStateSchema }),
    z.object({ does: z.literal('test') }),
    z.object({ does: z.literal('close') }),
  ]),
  progress: noProgress,
  result: z.null(),
  async work(asked, { signal }) {
    switch (asked.does) {
      case 'open': {
        const { openStationServer } = await import('./station-server.ts')
        opened ??= await openStationServer(asked)
        break
      }
      case 'deliver':
        await station().deliver(asked.result, signal)
        break
      case 'tell':
        station().tell(asked.state)
        break
      case 'test':
        station().requireListener()
        break
      case 'close':
        await opened?.close()
        opened = null
    }
    return null
  },
})
