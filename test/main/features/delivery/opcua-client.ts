/** A client of OPC UA with a certificate of its own, and what it hears. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  AttributeIds,
  type ClientSession,
  type ClientSubscription,
  constructEventFilter,
  MessageSecurityMode,
  OPCUACertificateManager,
  OPCUAClient,
  SecurityPolicy,
  TimestampsToReturn,
  UserTokenType,
  type Variant,
} from 'node-opcua'
import { onTestFinished } from 'vitest'
import { temporaryFolder } from '../../store/temporary-folder.ts'

export interface Guest {
  /** PEM, for the settings of the output. */
  certificate: string
  connect(user?: { name: string; password: string }): Promise<ClientSession>
}

export async function makeGuest(port: number): Promise<Guest> {
  const rootFolder = temporaryFolder()
  const clientCertificateManager = new OPCUACertificateManager({
    rootFolder,
    automaticallyAcceptUnknownCertificate: true,
  })
  await clientCertificateManager.initialize()
  const certificateFile = join(rootFolder, 'guest.pem')
  await clientCertificateManager.createSelfSignedCertificate({
    applicationUri: 'urn:guest',
    subject: '/CN=guest',
    dns: ['localhost'],
    startDate: new Date(Date.now() - 3_600_000),
    validity: 30,
    outputFile: certificateFile,
  })
  return {
    certificate: readFileSync(certificateFile, 'utf8'),
    async connect(user) {
      const client = OPCUAClient.create({
        applicationUri: 'urn:guest',
        clientCertificateManager,
        certificateFile,
        privateKeyFile: clientCertificateManager.privateKey,
        securityMode: MessageSecurityMode.SignAndEncrypt,
        securityPolicy: SecurityPolicy.Basic256Sha256,
        endpointMustExist: false,
        connectionStrategy: { maxRetry: 0, initialDelay: 100, maxDelay: 200 },
      })
      onTestFinished(() => client.disconnect())
      await client.connect(`opc.tcp://127.0.0.1:${port}`)
      return client.createSession(
        user === undefined
          ? { type: UserTokenType.Anonymous }
          : { type: UserTokenType.UserName, userName: user.name, password: user.password },
      )
    },
  }
}

/** The values of events by the names of `fields`. */
export async function hearEvents(
  session: ClientSession,
  nodeId: string,
  fields: readonly string[],
): Promise<{ events: unknown[][]; subscription: ClientSubscription }> {
  const subscription = await session.createSubscription2({
    requestedPublishingInterval: 50,
    requestedLifetimeCount: 1000,
    requestedMaxKeepAliveCount: 10,
    maxNotificationsPerPublish: 100,
    publishingEnabled: true,
    priority: 1,
  })
  const item = await subscription.monitor(
    { nodeId, attributeId: AttributeIds.EventNotifier },
    { samplingInterval: 0, queueSize: 1000, discardOldest: true, filter: constructEventFilter([...fields]) },
    TimestampsToReturn.Both,
  )
  const events: unknown[][] = []
  item.on('changed', (values: unknown) => {
    if (Array.isArray(values)) events.push((values as Variant[]).map(({ value }) => value as unknown))
  })
  return { events, subscription }
}
