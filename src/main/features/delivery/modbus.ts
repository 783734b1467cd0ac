/**
 * Modbus TCP: this station is the server, and a PLC reads the newest result from its registers, and writes the number
 * of a recipe. Each result stays there
 * until the PLC has acknowledged it, or, where it does not, for a set time.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { IServiceVector, ServerTCP } from 'modbus-serial'
import { Failure, reasonOf } from '../../../shared/failure.ts'
import type { ModbusSettings } from '../../../shared/output.ts'
import {
  acknowledgeRegister,
  recipeRegister,
  registerCount,
  registersOf,
  type Shown,
  sequenceOf,
} from './modbus-registers.ts'
import type { Connection, OutputKind } from './output-kind.ts'
import { requireOfPlant } from './plant-network.ts'

/** Milliseconds between two steps of the heartbeat, as long as this process lives. */
const beatEvery = 500
/** Milliseconds after which a PLC is told to ask again whether the state has changed. */
const toldEvery = 5000

export const modbus: OutputKind<ModbusSettings> = {
  heartbeat: () => toldEvery,
  check: ({ address }) => requireOfPlant(address),
  open(settings, _, { recipes }) {
    const { address, port, acknowledge, timeout, hold } = settings
    const shown: Omit<Shown, 'recipe'> = { heartbeat: 0, state: 'stopped', result: null }
    let acknowledged: number | null = null
    let heard: () => void = () => undefined
    let listening: Promise<ServerTCP> | null = null
    const beat = setInterval(() => {
      shown.heartbeat += 1
    }, beatEvery).unref()

    const vector = vectorOf(
      () => ({ ...shown, recipe: recipes.numbers() }),
      (sequence) => {
        acknowledged = sequence
        heard()
      },
      (number) => recipes.choose(number),
    )
    async function server(): Promise<ServerTCP> {
      listening ??= listen(vector, settings)
      try {
        return await listening
      } catch (error) {
        // The port may be free the next time.
        listening = null
        throw error
      }
    }
    async function requireClient(): Promise<void> {
      if ((await server()).socks.size === 0) throw new Failure('output-unheard', { address, port })
    }

    const connection: Connection = {
      async deliver(result, signal) {
        await server()
        if (shown.result?.number !== result.number) {
          acknowledged = null
          shown.result = result
        }
        if (!acknowledge) {
          await requireClient()
          await pause(hold * 1000, undefined, { signal })
          return
        }
        const until = AbortSignal.any([signal, AbortSignal.timeout(timeout * 1000)])
        while (acknowledged !== sequenceOf(result)) {
          if (signal.aborted) throw signal.reason
          if (until.aborted) {
            await requireClient()
            throw new Failure('output-timeout', { host: `${address}:${port}`, seconds: timeout })
          }
          await new Promise<void>((resolve) => {
            heard = resolve
            until.addEventListener('abort', () => resolve(), { once: true })
          })
        }
      },
      async tell({ state }) {
        shown.state = state
        await server()
      },
      test: () => requireClient(),
      async close() {
        clearInterval(beat)
        const opened = listening === null ? null : await listening.catch(() => null)
        listening = null
        if (opened !== null) await new Promise<void>((resolve) => opened.close(() => resolve()))
      },
    }
    return connection
  },
}

/** Input and holding registers show the same; one further holding register is written. */
function vectorOf(
  shown: () => Shown,
  onAcknowledged: (sequence: number) => void,
  onRecipe: (number: number) => void,
): IServiceVector {
  const read = (first: number, length: number): number[] => {
    if (first + length > registerCount) throw illegalAddress(first)
    return [...registersOf(shown()).subarray(first, first + length)]
  }
  const readOne = (register: number): number => read(register, 1)[0] ?? 0
  return {
    getInputRegister: readOne,
    getHoldingRegister: readOne,
    getMultipleInputRegisters: read,
    getMultipleHoldingRegisters: read,
    setRegister(register: number, value: number) {
      if (register === acknowledgeRegister) onAcknowledged(value)
      else if (register === recipeRegister) choose(onRecipe, value)
      else throw illegalAddress(register)
    },
  }
}

/** A PLC learns at once that it wrote what cannot be. */
function choose(onRecipe: (number: number) => void, value: number): void {
  try {
    onRecipe(value)
  } catch (cause) {
    throw Object.assign(new RangeError(`The recipe ${value} cannot be chosen.`, { cause }), {
      modbusErrorCode: 3,
    })
  }
}

const illegalAddress = (register: number): Error =>
  Object.assign(new RangeError(`There is no register ${register}.`), { modbusErrorCode: 2 })

/** @throws Failure `output-port-taken` */
async function listen(vector: IServiceVector, { address, port, unit }: ModbusSettings): Promise<ServerTCP> {
  // Loaded where it is used, because it brings serial ports along.
  const { ServerTCP: Server } = await import('modbus-serial')
  const server = new Server(vector, { host: address, port, unitID: unit })
  // A client that breaks off, or asks for what there is not, is its own trouble.
  server.on('socketError', () => undefined)
  server.on('error', () => undefined)
  await new Promise<void>((resolve, reject) => {
    server.on('initialized', () => resolve())
    server.on('serverError', (error: unknown) =>
      reject(new Failure('output-port-taken', { address, port, reason: reasonOf(error) }, { cause: error })),
    )
  })
  return server
}
