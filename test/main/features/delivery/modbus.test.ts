/** A PLC reads results over Modbus TCP, with a client of another library than the server's. */
import { once } from 'node:events'
import { createServer, Socket } from 'node:net'
import { client } from 'jsmodbus'
import { expect, it, onTestFinished } from 'vitest'
import { addOutput, changeOutput, testOutput } from '../../../../src/main/features/delivery/change-outputs.ts'
import { showLineState } from '../../../../src/main/features/delivery/deliver-results.ts'
import { listAudit } from '../../../../src/main/store/audit.ts'
import { newestUse, saveRecipe, takeUse } from '../../../../src/main/store/recipes.ts'
import { modbusSettingsSchema } from '../../../../src/shared/output.ts'
import { judgedLine } from './judged-line.ts'
import { untilOutputs } from './until-outputs.ts'

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new RangeError('it does not listen')
  server.close()
  await once(server, 'close')
  return address.port
}

/** Registers as a PLC sees them. */
async function connectPlc(port: number) {
  const socket = new Socket()
  onTestFinished(() => void socket.destroy())
  const plc = new client.TCP(socket, 255)
  socket.connect(port, '127.0.0.1')
  await once(socket, 'connect')
  const read = async () => {
    const { response } = await plc.readInputRegisters(0, 16)
    const bytes = response.body.valuesAsBuffer
    return {
      version: bytes.readUInt16BE(0),
      heartbeat: bytes.readUInt16BE(2),
      state: bytes.readUInt16BE(4),
      sequence: bytes.readUInt16BE(6),
      number: bytes.readUInt32BE(8),
      verdict: bytes.readUInt16BE(12),
      cause: bytes.readUInt16BE(14),
      part: bytes.readUInt32BE(16),
      score: bytes.readFloatBE(20),
      threshold: bytes.readFloatBE(24),
      judgedAt: bytes.readUInt32BE(28),
    }
  }
  const acknowledge = (sequence: number) => plc.writeSingleRegister(100, sequence)
  return { plc, read, acknowledge }
}

async function line(settings: object = {}) {
  const made = judgedLine()
  const port = await freePort()
  const { db } = made.session.workspace
  const id = addOutput(db, {
    name: 'plc',
    settings: modbusSettingsSchema.parse({ kind: 'modbus', port, ...settings }),
    secrets: {},
  })
  /** Resolves once the server listens. */
  const listens = () => untilOutputs(made.session, ([output]) => output?.condition === 'connected')
  return { ...made, db, id, port, listens }
}

it('shows one result after the other, each until it is acknowledged', async () => {
  const { session, judge, deliver, port, listens } = await line()
  showLineState(session, 'line', 'ready')
  deliver()
  await listens()
  const { read, acknowledge } = await connectPlc(port)
  expect(await read()).toMatchObject({ version: 1, state: 1, sequence: 0, number: 0, verdict: 0 })
  const first = judge('flagged')
  judge('good')
  judge('refused')
  const taken: unknown[] = []
  for (let last = 0; last < 3; ) {
    const { sequence, number, verdict, cause, part, score, judgedAt } = await read()
    if (sequence === last) continue
    taken.push([number, verdict, cause, part])
    if (sequence === 1) expect(judgedAt).toBe(Math.floor((first.judgedAt ?? 0) / 1000))
    expect(Number.isNaN(score)).toBe(verdict === 2 && cause === 3)
    last = sequence
    await acknowledge(sequence)
  }
  expect(taken).toEqual([
    [1, 2, 2, 1],
    [2, 1, 1, 2],
    [3, 2, 3, 3],
  ])
  await untilOutputs(session, ([output]) => output?.waiting === 0)
})

it('shows a result again after the PLC was away, and has a heartbeat that goes on', async () => {
  const { session, judge, deliver, port, listens } = await line({ timeout: 0.1 })
  const stop = deliver()
  await listens()
  judge('good')
  await untilOutputs(session, ([output]) => output?.errors[0]?.failure.code === 'output-unheard')
  await stop()
  deliver()
  await untilOutputs(session, ([output]) => output?.errors[0]?.failure.code === 'output-unheard')
  const { read, acknowledge } = await connectPlc(port)
  const { heartbeat, number } = await read()
  expect(number).toBe(1)
  await acknowledge(1)
  await untilOutputs(session, ([output]) => output?.newest?.number === 1)
  while ((await read()).heartbeat === heartbeat);
})

it('lets a PLC choose a recipe by its number, and says which one judges', async () => {
  const { watch, db, deliver, port, listens } = await line()
  const settings = { number: 8, name: 'M8', run: watch.runId, operatingPoint: null, outputs: null }
  const recipe = saveRecipe(db, watch.point, settings, 'Mei Lin')
  deliver()
  await listens()
  const { plc } = await connectPlc(port)
  const numbers = async () => [...(await plc.readHoldingRegisters(16, 2)).response.body.valuesAsArray]
  expect(await numbers()).toEqual([0, 0])
  await plc.writeSingleRegister(101, 8)
  expect(await numbers()).toEqual([0, 8])
  expect(listAudit(db, { action: 'recipe.used' })).toMatchObject([
    { operator: null, detail: { recipe: recipe.id, through: 'plc' } },
  ])
  const use = newestUse(db, watch.point)
  if (use !== null) takeUse(db, watch.id, use, { datasetId: watch.datasetId, modelUse: null })
  expect(await numbers()).toEqual([8, 0])
  await expect(plc.writeSingleRegister(101, 9)).rejects.toBeDefined()
  expect(listAudit(db, { action: 'recipe.used' }).length).toBe(1)
})

it('goes on by itself where the PLC does not acknowledge, and refuses registers that there are not', async () => {
  const { session, judge, deliver, port, listens } = await line({ acknowledge: false, hold: 0.1 })
  deliver()
  await listens()
  const { plc, read } = await connectPlc(port)
  judge()
  judge()
  await untilOutputs(session, ([output]) => output?.newest?.number === 2)
  expect(await read()).toMatchObject({ number: 2 })
  await expect(plc.readInputRegisters(10, 16)).rejects.toBeDefined()
  await expect(plc.writeSingleRegister(3, 1)).rejects.toBeDefined()
})

it('says that nobody is connected, and that the port is taken; listens only inside of the plant', async () => {
  const { db, id, port, deliver, session } = await line()
  const test = () => testOutput(db, id, { atWork: undefined, operator: null })
  await expect(test()).rejects.toMatchObject({ code: 'output-unheard' })
  const taker = createServer().listen(port, '127.0.0.1')
  await once(taker, 'listening')
  onTestFinished(() => void taker.close())
  deliver()
  await untilOutputs(session, ([output]) => output?.errors[0]?.failure.code === 'output-port-taken')
  const settings = modbusSettingsSchema.parse({ kind: 'modbus', address: '0.0.0.0' })
  expect(() => changeOutput(db, { id, settings, secrets: {} })).toThrow('outside of the plant')
})
