/** Real MQTT brokers for a test: aedes, which speaks 3.1.1, and mosquitto for MQTT 5, where it is installed. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import {
  type Broker,
  openAedes,
  openSubscriber,
  portOf,
  type RecordingBroker,
  type Subscriber,
} from './open-broker.ts'

/** It ends with the test. */
export async function startAedes(users?: Readonly<Record<string, string>>): Promise<RecordingBroker> {
  const broker = await openAedes(users)
  onTestFinished(() => broker.close())
  return broker
}

/** A client of its own that hears everything below a topic, until the test ends. */
export async function subscribe(port: number, topic: string, options: object = {}): Promise<Subscriber> {
  const subscriber = await openSubscriber(port, topic, options)
  onTestFinished(() => void subscriber.client.end(true))
  return subscriber
}

const mosquitto = process.env.FANOSCOPE_MOSQUITTO ?? 'mosquitto'
/** Why there is no broker for MQTT 5; null where there is one. */
export const noMosquitto =
  spawnSync(mosquitto, ['-h']).error === undefined ? null : 'mosquitto is not installed'

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = portOf(server)
  server.close()
  await once(server, 'close')
  return port
}

export async function startMosquitto(): Promise<Broker> {
  const port = await freePort()
  const folder = temporaryFolder()
  const config = join(folder, 'mosquitto.conf')
  writeFileSync(config, `listener ${port} 127.0.0.1\nallow_anonymous true\nlog_dest stderr\n`)
  let child: ChildProcess | null = null
  const broker: Broker = {
    port,
    close: () => broker.away(),
    async away() {
      const ending = child
      child = null
      if (ending === null || ending.exitCode !== null) return
      ending.kill('SIGKILL')
      await once(ending, 'exit')
    },
    async back() {
      const started = spawn(mosquitto, ['-c', config], { stdio: ['ignore', 'ignore', 'pipe'] })
      child = started
      for await (const text of started.stderr) if (String(text).includes('running')) break
    },
  }
  await broker.back()
  onTestFinished(() => broker.away())
  return broker
}
