/**
 * OPC UA: this station is the server, modelled on the companion specification Machine Vision. A client subscribes to the
 * events of results; a result is delivered once a client has acknowledged the message with its event.
 */
import { isIP } from 'node:net'
import { dirname, join } from 'node:path'
import { Failure } from '../../../../shared/failure.ts'
import type { OpcuaSettings } from '../../../../shared/output.ts'
import { stateFile } from '../../../platform/preferences.ts'
import { createThreadPool } from '../../../threads/thread-pool.ts'
import type { Connection, OutputKind } from '../output-kind.ts'
import { isOfPlant } from '../plant-network.ts'
import { opcuaTask } from './opcua-task.ts'

/** Milliseconds after which the state is shown again. */
const toldEvery = 5000
/** A result, a state and a test at the same time. */
const callsAtOnce = 8

/** The key and certificates of the server at this port, in the account as other secrets. */
const folderOf = (port: number): string => join(dirname(stateFile(process.env)), 'opcua', String(port))

export const opcua: OutputKind<OpcuaSettings> = {
  heartbeat: () => toldEvery,
  check({ address }) {
    // Whoever reaches all of a machine's addresses may be outside of the plant.
    if (isIP(address) === 0 || !isOfPlant(address))
      throw new Failure('output-address-public', { host: address, address })
  },
  open(settings, { password = null }, { point }) {
    const thread = createThreadPool({
      maxThreads: 1,
      idleTimeout: Number.POSITIVE_INFINITY,
      callsPerThread: callsAtOnce,
    })
    type Asked = Parameters<typeof opcuaTask.message>[0]
    const run = (asked: Asked, signal?: AbortSignal): Promise<null> =>
      thread.run(opcuaTask, opcuaTask.message(asked), signal === undefined ? {} : { signal })
    let opening: Promise<null> | null = null

    async function ask(asked: Asked, signal: AbortSignal): Promise<void> {
      signal.throwIfAborted()
      opening ??= run({ does: 'open', settings, password, point, folder: folderOf(settings.port) })
      try {
        await opening
      } catch (error) {
        // The port may be free the next time.
        opening = null
        throw error
      }
      try {
        await run(asked, signal)
      } catch (error) {
        // A thread that died has no server any more.
        if (error instanceof Failure && error.code === 'thread-died') opening = null
        throw error
      }
    }

    const connection: Connection = {
      deliver: (result, signal) => ask({ does: 'deliver', result }, signal),
      tell: ({ state }, signal) => ask({ does: 'tell', state }, signal),
      test: (_document, signal) => ask({ does: 'test' }, signal),
      async close() {
        if (opening !== null) await run({ does: 'close' }).catch(() => undefined)
        await thread.close()
      },
    }
    return connection
  },
}
