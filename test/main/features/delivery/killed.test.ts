/** The station is killed with -9 at random moments while its outputs go off and on: nothing is lost or invented. */
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { addOutput } from '../../../../src/main/features/delivery/change-outputs.ts'
import { mqttSettingsSchema, webhookSettingsSchema } from '../../../../src/shared/output.ts'
import { resultDocumentSchema } from '../../../../src/shared/result.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { startAedes, subscribe } from './broker.ts'
import { judgedLine } from './judged-line.ts'
import { killAndFinish, storedResults, withoutRepetitions } from './killed-station.ts'
import { startReceiver } from './receiver.ts'

const results = 150

it('delivers every result on each output, in order', async () => {
  const dir = join(temporaryFolder(), 'workspace')
  const { session } = judgedLine(dir)
  const receiver = await startReceiver()
  const broker = await startAedes()
  const topic = 'killed'
  // The broker keeps what it has for a subscriber that is away.
  const ear = await subscribe(broker.port, topic, { clean: false, clientId: 'ear' })
  const add = (name: string, settings: Parameters<typeof addOutput>[1]['settings']): number =>
    addOutput(session.workspace.db, { name, settings, secrets: {} })
  add('webhook', webhookSettingsSchema.parse({ kind: 'webhook', url: receiver.url, timeout: 1 }))
  add(
    'broker',
    mqttSettingsSchema.parse({
      kind: 'mqtt',
      url: `mqtt://127.0.0.1:${broker.port}`,
      topic,
      mqtt311: true,
      timeout: 1,
    }),
  )
  await session.close()
  const killed = await killAndFinish({ dir, results, kills: 4, seed: 1, outputs: [receiver, broker] })
  expect(killed).toBeGreaterThan(0)
  await ear.until(() => new Set(ear.numbers()).size === results)
  const stored = storedResults(dir)
  expect(stored.map(({ number }) => number)).toEqual(Array.from({ length: results }, (_, i) => i + 1))
  const posted = receiver.received.flatMap(({ document }) =>
    document.format === 'fanoscope.result/1' ? [document] : [],
  )
  expect(withoutRepetitions(posted)).toEqual(stored)
  const published = broker.published.flatMap(
    ({ document }) => resultDocumentSchema.safeParse(document).data ?? [],
  )
  expect(withoutRepetitions(published)).toEqual(stored)
  expect(new Set(ear.numbers())).toEqual(new Set(stored.map(({ number }) => number)))
})
