/** Results and states over OPC UA, asked by a client on loopback. */

import { once } from 'node:events'
import { createServer } from 'node:net'
import { type ClientSession, DataType, makeBrowsePath, resolveNodeId, Variant } from 'node-opcua'
import { describe, expect, it } from 'vitest'
import { addOutput, testOutput } from '../../../../src/main/features/delivery/change-outputs.ts'
import { outputStates, showLineState } from '../../../../src/main/features/delivery/deliver-results.ts'
import { ownNamespace } from '../../../../src/main/features/delivery/opcua/machine-vision.ts'
import type { Session } from '../../../../src/main/session/session.ts'
import { elementAt } from '../../../../src/shared/element-at.ts'
import { opcuaSettingsSchema } from '../../../../src/shared/output.ts'
import { judgedLine } from './judged-line.ts'
import { type Guest, hearEvents, makeGuest } from './opcua-client.ts'
import { portOf } from './open-broker.ts'
import { untilOutputs } from './until-outputs.ts'

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = portOf(server)
  server.close()
  await once(server, 'close')
  return port
}

function add(
  { workspace }: Session,
  port: number,
  { clients, user = null }: { clients: readonly Guest[]; user?: string | null },
): number {
  return addOutput(workspace.db, {
    name: 'cell control',
    settings: opcuaSettingsSchema.parse({
      kind: 'opcua',
      port,
      user,
      clients: clients.length === 0 ? null : clients.map(({ certificate }) => certificate).join('\n'),
      timeout: 2,
    }),
    secrets: user === null ? {} : { password: 'pass 471108' },
  })
}

const only = (session: Session) => elementAt(outputStates(session), 0, 'outputs')
const server = 'i=2253'

/** The node at a path of names below the objects, each in the namespace of its address. */
async function nodeAt(client: ClientSession, ...names: [uri: string, name: string][]): Promise<string> {
  const indices = await client.readNamespaceArray()
  const path = names.map(([uri, name]) => `/${indices.indexOf(uri)}:${name}`).join('')
  const { targets } = await client.translateBrowsePath(makeBrowsePath('i=85', path))
  return elementAt(targets ?? [], 0, 'targets').targetId.toString()
}

const valueAt = async (client: ClientSession, ...names: [string, string][]): Promise<unknown> =>
  (await client.read({ nodeId: await nodeAt(client, ...names) })).value.value

const station: [string, string] = [ownNamespace, 'line']
const machineVision = 'http://opcfoundation.org/UA/MachineVision'

async function ownFields(client: ClientSession, ...names: string[]): Promise<string[]> {
  const index = (await client.readNamespaceArray()).indexOf(ownNamespace)
  return names.map((name) => `${index}:${name}`)
}

describe('OPC UA', () => {
  it('keeps results until a client hears them, in order, with their values', async () => {
    const port = await freePort()
    const guest = await makeGuest(port)
    const { session, judge, deliver } = judgedLine()
    const id = add(session, port, { clients: [guest] })
    deliver()
    judge('good')
    await untilOutputs(session, ([output]) => output?.condition === 'away')
    expect(only(session).errors[0]?.failure.code).toBe('output-unheard')
    const client = await guest.connect()
    const { events } = await hearEvents(client, server, await ownFields(client, 'Number', 'Verdict', 'Score'))
    for (let i = 0; i < 20; i += 1) judge('flagged')
    judge('refused')
    await untilOutputs(session, ([output]) => output?.newest?.number === 22)
    await expect.poll(() => events.length).toBeGreaterThanOrEqual(22)
    const heard = events.filter(([number], i) => events.findIndex(([other]) => other === number) === i)
    expect(heard.map(([number]) => number)).toEqual(Array.from({ length: 22 }, (_, i) => i + 1))
    expect(heard.slice(0, 2)).toEqual([
      [1, 'good', 0.25],
      [2, 'reject', 0.25],
    ])
    expect(heard[21]).toEqual([22, 'reject', Number.NaN])
    const newest = (name: string) =>
      valueAt(client, station, [ownNamespace, 'LatestResult'], [ownNamespace, name])
    expect([await newest('Number'), await newest('IsGood'), await newest('Cause')]).toEqual([
      22,
      false,
      'refused',
    ])
    expect(
      await testOutput(session.workspace.db, id, { atWork: undefined, operator: null }).catch(String),
    ).toMatch(/cannot be opened/)
  })

  it('shows the state of the line in the state machine of the specification', async () => {
    const port = await freePort()
    const guest = await makeGuest(port)
    const { session, deliver } = judgedLine()
    add(session, port, { clients: [guest] })
    showLineState(session, 'line', 'ready')
    deliver()
    await untilOutputs(session, ([output]) => output?.condition === 'connected')
    const client = await guest.connect()
    const current = async (): Promise<string> =>
      String(
        (
          (await valueAt(
            client,
            station,
            [machineVision, 'VisionStateMachine'],
            ['http://opcfoundation.org/UA/', 'CurrentState'],
          )) as { text: string }
        ).text,
      )
    await expect.poll(current).toBe('Operational')
    for (const [state, shown] of [
      ['engine-away', 'Preoperational'],
      ['camera-away', 'Error'],
      ['stopped', 'Halted'],
    ] as const) {
      showLineState(session, 'line', state)
      await expect.poll(current).toBe(shown)
      expect(await valueAt(client, station, [ownNamespace, 'LineState'])).toBe(state)
    }
  })

  it('gives results again by the methods of the specification', async () => {
    const port = await freePort()
    const guest = await makeGuest(port)
    const { session, judge, deliver } = judgedLine()
    add(session, port, { clients: [guest] })
    deliver()
    await untilOutputs(session, ([output]) => output?.condition === 'connected')
    const client = await guest.connect()
    await hearEvents(client, server, ['EventType'])
    for (let i = 0; i < 3; i += 1) judge('flagged')
    await untilOutputs(session, ([output]) => output?.newest?.number === 3)
    const management = await nodeAt(client, station, [machineVision, 'ResultManagement'])
    const method = (name: string) =>
      nodeAt(client, station, [machineVision, 'ResultManagement'], [machineVision, name])
    const idType = await namedType(client, 'ResultIdDataType')
    const ask = async (id: string) => {
      const resultId = await client.constructExtensionObject(resolveNodeId(idType), { id })
      const { outputArguments } = await client.call({
        objectId: management,
        methodId: await method('GetResultById'),
        inputArguments: [
          new Variant({ dataType: DataType.ExtensionObject, value: resultId }),
          new Variant({ dataType: DataType.Int32, value: 1000 }),
        ],
      })
      return (outputArguments ?? []).map(({ value }) => value as unknown)
    }
    const [, result, error] = await ask('2')
    expect(error).toBe(0)
    expect(result).toMatchObject({ resultId: { id: '2' }, partId: { id: '2' }, resultState: 1 })
    expect((await ask('77'))[2]).toBe(1)
  })

  it('lets in nobody whose certificate is not trusted, or whose password is wrong', async () => {
    const port = await freePort()
    const [guest, stranger] = [await makeGuest(port), await makeGuest(port)]
    const { session, deliver } = judgedLine()
    add(session, port, { clients: [guest], user: 'cell' })
    deliver()
    await untilOutputs(session, ([output]) => output?.condition === 'connected')
    const cell = { name: 'cell', password: 'pass 471108' }
    await expect(stranger.connect(cell)).rejects.toThrow()
    await expect(guest.connect({ ...cell, password: 'wrong' })).rejects.toThrow(
      /BadUserAccessDenied|BadIdentity/,
    )
    await expect(guest.connect()).rejects.toThrow()
    const client = await guest.connect(cell)
    expect(await valueAt(client, station, [ownNamespace, 'LineState'])).toBe('stopped')
  })

  it('is refused at an address outside of the plant', () => {
    const { session } = judgedLine()
    const settings = opcuaSettingsSchema.parse({ kind: 'opcua', address: '8.8.8.8' })
    expect(() => addOutput(session.workspace.db, { name: 'x', settings, secrets: {} })).toThrow(
      expect.objectContaining({ code: 'output-address-public' }),
    )
  })
})

async function namedType(client: ClientSession, name: string): Promise<string> {
  const index = (await client.readNamespaceArray()).indexOf(machineVision)
  const { references } = await client.browse({
    nodeId: 'i=22',
    referenceTypeId: 'HasSubtype',
    includeSubtypes: true,
    browseDirection: 0,
    resultMask: 63,
  })
  const found = references?.find(({ browseName }) => browseName.toString() === `${index}:${name}`)
  if (found === undefined) throw new RangeError(`there is no ${name}`)
  return found.nodeId.toString()
}
