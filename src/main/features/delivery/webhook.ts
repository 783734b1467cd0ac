/**
 * Webhook: each document is posted as JSON to an address. With a signing key, the header `X-Fanoscope-Signature` has
 * `sha256=` and the HMAC-SHA256 of the body in hexadecimal digits.
 */
import { createHmac } from 'node:crypto'
import { request as requestPlain } from 'node:http'
import { request as requestSecure } from 'node:https'
import { Failure } from '../../../shared/failure.ts'
import type { WebhookSettings } from '../../../shared/output.ts'
import type { OutputDocument } from '../../../shared/result.ts'
import type { KnownSecrets, OutputKind, Surroundings } from './output-kind.ts'
import { hostOf, plantLookup, requireNamed } from './plant-network.ts'
import { unreached } from './reach.ts'

export const signatureOf = (key: string, body: string): string =>
  `sha256=${createHmac('sha256', key).update(body).digest('hex')}`

const kindOf = ({ format }: OutputDocument): string => /^fanoscope\.(\w+)\//.exec(format)?.[1] ?? ''

function headersOf(
  document: OutputDocument,
  body: string,
  { headers }: WebhookSettings,
  { signature, authorization }: KnownSecrets,
): Record<string, string> {
  return {
    ...headers,
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(body)),
    'X-Fanoscope-Event': kindOf(document),
    // The same for a repetition.
    ...(document.format === 'fanoscope.result/1' ? { 'Idempotency-Key': String(document.number) } : {}),
    ...(authorization === undefined ? {} : { Authorization: authorization }),
    ...(signature === undefined ? {} : { 'X-Fanoscope-Signature': signatureOf(signature, body) }),
  }
}

export const webhook: OutputKind<WebhookSettings> = {
  check: ({ url }, hosts) => requireNamed(hostOf(url), hosts),
  heartbeat: ({ heartbeat }) => (heartbeat === null ? null : heartbeat * 1000),
  open(settings, secrets, surroundings) {
    const send = (document: OutputDocument, signal: AbortSignal): Promise<void> =>
      post(settings, secrets, surroundings, { document, signal })
    return { deliver: send, tell: send, test: send, close: async () => undefined }
  },
}

/** @throws Failure where the receiver does not answer with a code from 200 to 299 in time */
async function post(
  settings: WebhookSettings,
  secrets: KnownSecrets,
  { hosts }: Surroundings,
  { document, signal }: { document: OutputDocument; signal: AbortSignal },
): Promise<void> {
  const { url, timeout, certificate } = settings
  const host = hostOf(url)
  requireNamed(host, hosts)
  const body = JSON.stringify(document)
  const inTime = AbortSignal.timeout(timeout * 1000)
  const request = url.startsWith('https:') ? requestSecure : requestPlain
  try {
    const status = await new Promise<number>((resolve, reject) => {
      const sent = request(
        url,
        {
          method: 'POST',
          headers: headersOf(document, body, settings, secrets),
          lookup: plantLookup,
          signal: AbortSignal.any([signal, inTime]),
          ...(certificate === null ? {} : { ca: certificate }),
        },
        (response) => {
          response.on('error', reject)
          response.on('end', () => resolve(response.statusCode ?? 0))
          // What it answers is not needed, and the connection is used again only once it was read.
          response.resume()
        },
      )
      sent.on('error', reject)
      sent.end(body)
    })
    if (status < 200 || status > 299) throw new Failure('output-refused', { host, status })
  } catch (error) {
    throw unreached(error, { host, seconds: timeout, isLate: inTime.aborted })
  }
}
