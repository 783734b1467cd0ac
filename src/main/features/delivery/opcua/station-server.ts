/** The OPC UA server of the station, in the thread: who may connect, and whether somebody has heard a result. */
import { timingSafeEqual, X509Certificate } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import {
  AttributeIds,
  MessageSecurityMode,
  OPCUACertificateManager,
  OPCUAServer,
  SecurityPolicy,
  type ServerSession,
  type Subscription,
  setDebugLogger,
  setErrorLogger,
  setWarningLogger,
} from 'node-opcua'
import { Failure, reasonOf } from '../../../../shared/failure.ts'
import type { OpcuaSettings } from '../../../../shared/output.ts'
import type { LineState, ResultDocument } from '../../../../shared/result.ts'
import { addVisionSystem, modelFiles } from './machine-vision.ts'

/** Milliseconds between two looks whether a result was heard. */
const lookEvery = 10
const mostClients = 20

export interface StationServer {
  /** Resolves once a client has acknowledged the result. @throws Failure `output-unheard`, `output-timeout` */
  deliver(result: ResultDocument, signal: AbortSignal): Promise<void>
  tell(state: LineState): void
  /** @throws Failure `output-unheard` where no client listens */
  requireListener(): void
  close(): Promise<void>
}

export interface ServerOptions {
  settings: OpcuaSettings
  password: string | null
  /** The inspection point. */
  point: string
  /** Keeps the station's own key and certificate, and those that it trusts. */
  folder: string
}

/** @throws Failure `output-port-taken` */
export async function openStationServer({
  settings,
  password,
  point,
  folder,
}: ServerOptions): Promise<StationServer> {
  const { address, port, user, timeout } = settings
  // Standard output and standard error are not the library's.
  for (const quiet of [setDebugLogger, setWarningLogger, setErrorLogger]) quiet(() => undefined)
  const certificates = await certificatesIn(folder, settings)
  const sessions = new Set<ServerSession>()
  const server = new OPCUAServer({
    host: address,
    hostname: address,
    port,
    nodeset_filename: modelFiles,
    serverCertificateManager: certificates,
    userCertificateManager: certificates,
    securityModes: [MessageSecurityMode.SignAndEncrypt],
    securityPolicies: [
      SecurityPolicy.Basic256Sha256,
      SecurityPolicy.Aes128_Sha256_RsaOaep,
      SecurityPolicy.Aes256_Sha256_RsaPss,
    ],
    allowAnonymous: user === null,
    userManager: {
      isValidUser: (name: string, given: string) =>
        user !== null && password !== null && name === user && isSame(given, password),
    },
    maxConnectionsPerEndpoint: mostClients,
    serverInfo: {
      applicationUri: `urn:${hostname()}:fanoscope`,
      productUri: 'urn:fanoscope',
      applicationName: { text: 'Fanoscope' },
    },
    buildInfo: { productName: 'Fanoscope', manufacturerName: 'Fanoscope' },
  })
  server.on('create_session', (session) => sessions.add(session))
  server.on('session_closed', (session) => sessions.delete(session))
  const listeners = (): Subscription[] =>
    [...sessions].flatMap(({ publishEngine }) => publishEngine.subscriptions.filter(hearsEvents))
  const requireListener = (): void => {
    if (listeners().length === 0) throw new Failure('output-unheard', { address, port })
  }
  try {
    await server.initialize()
    const { addressSpace } = server.engine
    if (addressSpace === null) throw new TypeError('the server has no address space')
    const vision = addVisionSystem(addressSpace, point)
    await server.start().catch((cause: unknown) => {
      throw new Failure('output-port-taken', { address, port, reason: reasonOf(cause) }, { cause })
    })
    return {
      requireListener,
      tell: vision.show,
      async deliver(result, signal) {
        requireListener()
        const hearing = listeners().map((subscription) => ({
          subscription,
          sent: subscription.futureSequenceNumber,
        }))
        vision.announce(result)
        const until = AbortSignal.any([signal, AbortSignal.timeout(timeout * 1000)])
        while (!hearing.some(hasHeard)) {
          if (signal.aborted) throw signal.reason
          if (until.aborted)
            throw new Failure('output-timeout', { host: `${address}:${port}`, seconds: timeout })
          await pause(lookEvery)
        }
      },
      close: () => server.shutdown(),
    }
  } catch (error) {
    await server.shutdown().catch(() => undefined)
    throw error
  }
}

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** Trusts exactly the certificates of the settings. The station's own key is made at the first start. */
async function certificatesIn(folder: string, { clients }: OpcuaSettings): Promise<OPCUACertificateManager> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  rmSync(join(folder, 'trusted', 'certs'), { recursive: true, force: true })
  const certificates = new OPCUACertificateManager({
    rootFolder: folder,
    automaticallyAcceptUnknownCertificate: false,
  })
  await certificates.initialize()
  for (const pem of pemsIn(clients ?? '')) await certificates.trustCertificate(new X509Certificate(pem).raw)
  return certificates
}

const pemsIn = (text: string): string[] =>
  text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? []

/** Whether events are among what a subscription hears. */
const hearsEvents = (subscription: Subscription): boolean =>
  [...subscription.getMonitoredItems().serverHandles].some(
    (id) => subscription.getMonitoredItem(id)?.itemToMonitor.attributeId === AttributeIds.EventNotifier,
  )

/** Its client has acknowledged a message since, and everything else that there was to hear. */
const hasHeard = ({ subscription, sent }: { subscription: Subscription; sent: number }): boolean =>
  !subscription.aborted &&
  subscription.futureSequenceNumber !== sent &&
  !subscription.hasUncollectedMonitoredItemNotifications &&
  !subscription.hasPendingNotifications &&
  subscription.unacknowledgedMessageCount === 0
