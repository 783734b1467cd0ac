/**
 * MQTT: results go to `<topic>/result`, tests to `<topic>/test`, and the state of the line is kept by the broker under
 * `<topic>/state`. Each is confirmed by the broker (QoS 1). Where the station is gone without a word, the broker itself
 * says `stopped`, which is its last will.
 */
import { connect as connectPlain, type NetConnectOpts } from 'node:net'
import { connect as connectSecure } from 'node:tls'
import { ErrorWithReasonCode, type IClientOptions, type IClientPublishOptions, MqttClient } from 'mqtt'
import { Failure } from '../../../shared/failure.ts'
import type { MqttSettings } from '../../../shared/output.ts'
import type { OutputDocument, StateDocument } from '../../../shared/result.ts'
import type { Connection, KnownSecrets, OutputKind, Surroundings } from './output-kind.ts'
import { hostOf, plantLookup, requireNamed } from './plant-network.ts'
import { unreached } from './reach.ts'

/** Seconds without a word after which the broker takes the station for gone. */
const keepalive = 10

type Topic = 'result' | 'state' | 'test'

export const mqtt: OutputKind<MqttSettings> = {
  check: ({ url }, hosts) => requireNamed(hostOf(url), hosts),
  heartbeat: ({ heartbeat }) => heartbeat * 1000,
  open: (settings, secrets, surroundings) => {
    let opened: Promise<MqttClient> | null = null
    /** What the broker is to keep as the state. */
    let state: StateDocument | null = null

    /** The client where it is connected; else a new one. */
    async function connectedFor(topic: Topic): Promise<MqttClient> {
      const present = opened === null ? null : await opened.catch(() => null)
      if (present?.connected === true) return present
      present?.end(true)
      const connecting = connect(settings, secrets, surroundings)
      opened = connecting
      const client = await connecting
      // The broker may have said `stopped` meanwhile.
      if (state !== null && topic !== 'state') await publish(client, settings, 'state', state)
      return client
    }

    async function send(topic: Topic, document: OutputDocument, signal: AbortSignal): Promise<void> {
      signal.throwIfAborted()
      const client = await connectedFor(topic)
      try {
        await publish(client, settings, topic, document, signal)
      } catch (error) {
        // What waits for its confirmation there is given again.
        client.end(true)
        throw error
      }
    }

    const connection: Connection = {
      deliver: (result, signal) => send('result', result, signal),
      tell(told, signal) {
        state = told
        return send('state', told, signal)
      },
      test: (document, signal) => send('test', document, signal),
      async close() {
        const client = opened === null ? null : await opened.catch(() => null)
        if (client?.connected === true) await client.endAsync()
        else client?.end(true)
      },
    }
    return connection
  },
}

function streamTo({ url, certificate, clientCertificate }: MqttSettings, { key }: KnownSecrets) {
  const { protocol, port } = new URL(url)
  const isSecure = protocol === 'mqtts:'
  const host = hostOf(url)
  const to: NetConnectOpts = { host, port: Number(port) || (isSecure ? 8883 : 1883), lookup: plantLookup }
  if (!isSecure) return connectPlain(to)
  return connectSecure({
    ...to,
    servername: host,
    ...(certificate === null ? {} : { ca: certificate }),
    ...(clientCertificate === null || key === undefined ? {} : { cert: clientCertificate, key }),
  })
}

function optionsOf(
  settings: MqttSettings,
  { password }: KnownSecrets,
  { point }: Surroundings,
): IClientOptions {
  const will: StateDocument = {
    format: 'fanoscope.state/1',
    point,
    state: 'stopped',
    at: new Date().toISOString(),
  }
  return {
    protocolVersion: settings.mqtt311 ? 4 : 5,
    clientId: settings.clientId,
    clean: true,
    keepalive,
    // The dispatcher says when it is tried again.
    reconnectPeriod: 0,
    connectTimeout: settings.timeout * 1000,
    ...(settings.user === null ? {} : { username: settings.user }),
    ...(password === undefined ? {} : { password }),
    will: {
      topic: `${settings.topic}/state`,
      payload: Buffer.from(JSON.stringify(will)),
      qos: 1,
      retain: true,
    },
  }
}

async function connect(
  settings: MqttSettings,
  secrets: KnownSecrets,
  surroundings: Surroundings,
): Promise<MqttClient> {
  const host = hostOf(settings.url)
  requireNamed(host, surroundings.hosts)
  const options = optionsOf(settings, secrets, surroundings)
  const client = new MqttClient(() => streamTo(settings, secrets), options)
  let cause: unknown = null
  let timer: NodeJS.Timeout | undefined
  // Also of a connection that is in use: without a listener it would end the process.
  client.on('error', (error) => {
    cause = error
  })
  try {
    await new Promise<void>((resolve, reject) => {
      timer = setTimeout(
        () => reject(new Failure('output-timeout', { host, seconds: settings.timeout })),
        settings.timeout * 1000,
      )
      client.once('connect', () => resolve())
      client.once('error', reject)
      client.once('close', () => reject(cause ?? new Error('the connection was closed')))
    })
    return client
  } catch (error) {
    client.end(true)
    throw confirmationFailure(error, settings)
  } finally {
    clearTimeout(timer)
  }
}

function confirmationFailure(error: unknown, { url, timeout }: MqttSettings): Failure {
  const host = hostOf(url)
  if (error instanceof ErrorWithReasonCode)
    return new Failure('output-refused', { host, status: error.code }, { cause: error })
  return unreached(error, { host, seconds: timeout, isLate: false })
}

/** Resolves once the broker has confirmed. */
async function publish(
  client: MqttClient,
  settings: MqttSettings,
  topic: Topic,
  document: OutputDocument,
  signal: AbortSignal | null = null,
): Promise<void> {
  const { url, timeout, mqtt311 } = settings
  const options: IClientPublishOptions = {
    qos: 1,
    retain: topic === 'state',
    ...(mqtt311 ? {} : { properties: { contentType: 'application/json', payloadFormatIndicator: true } }),
  }
  const inTime = AbortSignal.timeout(timeout * 1000)
  const ending = signal === null ? inTime : AbortSignal.any([signal, inTime])
  let stop: () => void = () => undefined
  const ended = new Promise<never>((_, reject) => {
    const give = (): void => reject(new Error('the connection was closed'))
    const abort = (): void => reject(ending.reason)
    client.once('close', give)
    ending.addEventListener('abort', abort)
    stop = () => {
      client.off('close', give)
      ending.removeEventListener('abort', abort)
    }
  })
  try {
    await Promise.race([
      client.publishAsync(`${settings.topic}/${topic}`, JSON.stringify(document), options),
      ended,
    ])
  } catch (error) {
    if (inTime.aborted) throw unreached(error, { host: hostOf(url), seconds: timeout, isLate: true })
    throw confirmationFailure(error, settings)
  } finally {
    stop()
  }
}
