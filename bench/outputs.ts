/**
 * Measures outputs with real servers on loopback, without an engine:
 *
 *     node bench/outputs.ts [--results 2000] [--kills 50] [--away 10000] [--latency 300] [--seed 1]
 *
 * - a station is killed with -9 again and again while a webhook and a broker go off and on at random: what each got,
 *   compared with what is stored, by number;
 * - a broker is away while results come: whether all are delivered after it is back, and the memory meanwhile;
 * - the time from the verdict in the database to the message at a subscriber, on an idle station.
 *
 * Prints one JSON document.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { sessionHooks } from '../src/main/app/session-hooks.ts'
import { addOutput } from '../src/main/features/delivery/change-outputs.ts'
import { deliverResults, storedOutputs } from '../src/main/features/delivery/deliver-results.ts'
import { createEventHub } from '../src/main/platform/events.ts'
import { openSession, type Session } from '../src/main/session/session.ts'
import { createDataset } from '../src/main/store/datasets.ts'
import { addPart, beginWatch, judgePart } from '../src/main/store/live.ts'
import { mqttSettingsSchema, webhookSettingsSchema } from '../src/shared/output.ts'
import { type ResultDocument, resultDocumentSchema } from '../src/shared/result.ts'
import {
  killAndFinish,
  storedResults,
  withoutRepetitions,
} from '../test/main/features/delivery/killed-station.ts'
import { openAedes, openSubscriber } from '../test/main/features/delivery/open-broker.ts'
import { openReceiver } from '../test/main/features/delivery/open-receiver.ts'
import { queuedRun } from '../test/main/store/queued-run.ts'

const { values } = parseArgs({
  options: {
    results: { type: 'string', default: '2000' },
    kills: { type: 'string', default: '50' },
    away: { type: 'string', default: '10000' },
    latency: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
  },
})
const root = mkdtempSync(join(tmpdir(), 'fanoscope-outputs-'))
const topic = 'bench'

function station(name: string): { session: Session; dir: string; judge(): number } {
  const dir = join(root, name)
  const session = openSession({
    dir,
    create: true,
    events: createEventHub(),
    hooks: sessionHooks,
    launchEngine: () => {
      throw new Error('this benchmark has no engine')
    },
  })
  const { db } = session.workspace
  const { id: datasetId } = createDataset(db, { name: 'parts', layout: 'flat', source: '/camera' })
  const { id: runId } = queuedRun(db, datasetId)
  const watch = beginWatch(db, { folder: '/camera', resultFolder: '/results', runId, datasetId }, null)
  let count = 0
  return {
    session,
    dir,
    judge() {
      count += 1
      const { id } = addPart(db, watch.id, { file: `${count}.png`, bytes: 1, modifiedAt: count })
      const values = {
        verdict: 'good',
        score: 0,
        threshold: 1,
        reason: null,
        run: runId,
        point: null,
      } as const
      const part = judgePart(db, id, values)
      if (part !== undefined) session.events.emit('live.judged', part)
      return id
    },
  }
}

function addBroker({ workspace: { db } }: Session, port: number): void {
  const url = `mqtt://127.0.0.1:${port}`
  const settings = mqttSettingsSchema.parse({ kind: 'mqtt', url, topic, mqtt311: true, timeout: 2 })
  addOutput(db, { name: 'broker', settings, secrets: {} })
}

const sameAs = (stored: readonly ResultDocument[], got: readonly ResultDocument[]): boolean =>
  JSON.stringify(withoutRepetitions(got)) === JSON.stringify(stored)

async function killed() {
  const { session, dir } = station('killed')
  const receiver = await openReceiver()
  const broker = await openAedes()
  const ear = await openSubscriber(broker.port, topic, { clean: false, clientId: 'ear' })
  addBroker(session, broker.port)
  const settings = webhookSettingsSchema.parse({ kind: 'webhook', url: receiver.url, timeout: 1 })
  addOutput(session.workspace.db, { name: 'webhook', settings, secrets: {} })
  await session.close()
  const began = performance.now()
  const kills = await killAndFinish({
    dir,
    results: Number(values.results),
    kills: Number(values.kills),
    seed: Number(values.seed),
    outputs: [receiver, broker],
  })
  await ear.until(() => new Set(ear.numbers()).size === Number(values.results))
  const stored = storedResults(dir)
  const posted = receiver.received.flatMap(
    ({ document }) => resultDocumentSchema.safeParse(document).data ?? [],
  )
  const published = broker.published.flatMap(
    ({ document }) => resultDocumentSchema.safeParse(document).data ?? [],
  )
  const heard = new Set(ear.numbers())
  ear.client.end(true)
  await receiver.away()
  await broker.close()
  return {
    results: stored.length,
    kills,
    seconds: (performance.now() - began) / 1000,
    webhook: { received: posted.length, equal: sameAs(stored, posted) },
    mqtt: {
      received: published.length,
      equal: sameAs(stored, published),
      /** A subscriber that was cut off as well heard each of them, in whatever order the broker gave them. */
      heardAll: stored.every(({ number }) => heard.has(number)),
    },
  }
}

async function away() {
  const { session, judge } = station('away')
  const broker = await openAedes()
  addBroker(session, broker.port)
  const stop = deliverResults(session)
  await broker.away()
  const memory: number[] = []
  const measure = (): void => {
    globalThis.gc?.()
    memory.push(Math.round(process.memoryUsage().heapUsed / 1e6))
  }
  const count = Number(values.away)
  for (let i = 0; i < count; i += 1) {
    judge()
    if (i % 50 === 0) await pause(1)
    if (i % Math.ceil(count / 5) === 0) measure()
  }
  await broker.back()
  const began = performance.now()
  while (storedOutputs(session.workspace.db).some(({ waiting }) => waiting > 0)) {
    await pause(200)
  }
  const seconds = (performance.now() - began) / 1000
  measure()
  await stop()
  await session.close()
  await broker.close()
  return { results: count, secondsToDeliver: seconds, heapMegabytes: memory }
}

async function latency() {
  const { session, judge } = station('latency')
  const broker = await openAedes()
  const ear = await openSubscriber(broker.port, topic)
  addBroker(session, broker.port)
  const stop = deliverResults(session)
  const times: number[] = []
  for (let i = 1; i <= Number(values.latency); i += 1) {
    await pause(20)
    const began = performance.now()
    judge()
    await ear.until(() => ear.numbers().at(-1) === i)
    times.push(performance.now() - began)
  }
  await stop()
  await session.close()
  ear.client.end(true)
  await broker.close()
  times.sort((a, b) => a - b)
  const at = (share: number): number => times[Math.floor((times.length - 1) * share)] ?? Number.NaN
  return { results: times.length, medianMilliseconds: at(0.5), p99Milliseconds: at(0.99) }
}

try {
  const document = { killed: await killed(), away: await away(), latency: await latency() }
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`)
} finally {
  rmSync(root, { recursive: true, force: true })
}
