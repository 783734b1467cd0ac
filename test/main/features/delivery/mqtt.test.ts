/** Results and states over MQTT, with real brokers on loopback. */
import { describe, expect, it } from 'vitest'
import { addOutput, changeOutput } from '../../../../src/main/features/delivery/change-outputs.ts'
import { outputStates, showLineState } from '../../../../src/main/features/delivery/deliver-results.ts'
import type { Session } from '../../../../src/main/session/session.ts'
import { elementAt } from '../../../../src/shared/element-at.ts'
import { mqttSettingsSchema, type Secrets } from '../../../../src/shared/output.ts'
import { noMosquitto, startAedes, startMosquitto, subscribe } from './broker.ts'
import { judgedLine } from './judged-line.ts'
import type { Broker } from './open-broker.ts'
import { untilOutputs } from './until-outputs.ts'

const topic = 'plant/line 4'

function addMqtt(
  { workspace }: Session,
  { port }: Broker,
  { mqtt311, user = null, secrets = {} }: { mqtt311: boolean; user?: string | null; secrets?: Secrets },
): void {
  const url = `mqtt://127.0.0.1:${port}`
  addOutput(workspace.db, {
    name: 'broker',
    settings: mqttSettingsSchema.parse({ kind: 'mqtt', url, topic, mqtt311, user, timeout: 2 }),
    secrets,
  })
}

const brokers = [
  { name: 'aedes, MQTT 3.1.1', start: () => startAedes(), mqtt311: true, obstacle: null },
  { name: 'mosquitto, MQTT 5', start: startMosquitto, mqtt311: false, obstacle: noMosquitto },
]

describe.each(brokers)('$name', ({ start, mqtt311, obstacle }) => {
  it('gets results in order, and keeps the state for whoever comes later', async ({ skip }) => {
    skip(obstacle !== null, obstacle ?? '')
    const { session, judge, deliver } = judgedLine()
    const broker = await start()
    const heard = await subscribe(broker.port, topic, { protocolVersion: mqtt311 ? 4 : 5 })
    addMqtt(session, broker, { mqtt311 })
    showLineState(session, 'line', 'ready')
    const stop = deliver()
    for (let i = 0; i < 50; i += 1) judge(i % 2 === 0 ? 'good' : 'flagged')
    await heard.until(() => heard.numbers().length === 50 && heard.states().includes('ready'))
    expect(heard.numbers()).toEqual(Array.from({ length: 50 }, (_, i) => i + 1))
    // Whoever comes later learns the state at once.
    const later = await subscribe(broker.port, topic, { protocolVersion: mqtt311 ? 4 : 5 })
    await later.until(() => later.messages.length > 0)
    expect(elementAt(later.messages, 0, 'messages')).toMatchObject({
      topic: `${topic}/state`,
      isKept: true,
      document: { state: 'ready' },
    })
    await stop()
    await later.until(() => later.states().includes('stopped'))
  })

  it('gets all that waited once it is back', async ({ skip }) => {
    skip(obstacle !== null, obstacle ?? '')
    const { session, judge, deliver } = judgedLine()
    const broker = await start()
    addMqtt(session, broker, { mqtt311 })
    deliver()
    judge()
    await untilOutputs(session, ([output]) => output?.newest?.number === 1)
    await broker.away()
    for (let i = 0; i < 40; i += 1) judge()
    await untilOutputs(session, ([output]) => output?.condition === 'away')
    await broker.back()
    const heard = await subscribe(broker.port, topic, { protocolVersion: mqtt311 ? 4 : 5 })
    await untilOutputs(session, ([output]) => output?.newest?.number === 41)
    await heard.until(() => heard.numbers().at(-1) === 41)
    // The subscriber may have come after the first of them.
    const numbers = heard.numbers()
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, i) => 42 - numbers.length + i))
  })
})

describe('a broker with users', () => {
  it('is told user and password, and a wrong one is named', async () => {
    const { session, judge, deliver } = judgedLine()
    const broker = await startAedes({ line4: 'right', ear: 'ear' })
    const heard = await subscribe(broker.port, topic, { username: 'ear', password: 'ear' })
    addMqtt(session, broker, { mqtt311: true, user: 'line4', secrets: { password: 'wrong' } })
    const stop = deliver()
    judge()
    await untilOutputs(session, ([output]) => output?.errors[0]?.failure.code === 'output-refused')
    await stop()
    expect(heard.messages).toEqual([])
    const { id } = elementAt(outputStates(session), 0, 'outputs')
    changeOutput(session.workspace.db, { id, secrets: { password: 'right' } })
    deliver()
    await heard.until(() => heard.numbers().length === 1)
  })
})
