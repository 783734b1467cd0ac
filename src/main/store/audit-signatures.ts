/**
 * Signatures of rows of the audit. A row of the action `audit.key` tells of a key, and signs itself with it; each later
 * row names that row. Whoever has the file alone can compute hashes anew, but not these.
 */
import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { promisify } from 'node:util'
import { z } from 'zod'
import type { AuditCheck } from '../../shared/audit.ts'
import { type Message, message } from '../../shared/messages/message.ts'
import { fingerprintOf, keptBySchema, ownFingerprints } from '../platform/audit-key.ts'

/** What is signed of a row. */
export const signedText = (id: number, hash: string): string => `Fanoscope audit ${id} ${hash}`

export const keyDetailSchema = z.object({ key: z.string(), publicKey: z.string(), keptBy: keptBySchema })

export interface SignedRow {
  id: number
  action: string
  detail: string
  hash: string
  signedBy: number | null
  signature: Uint8Array | null
}

/** In a thread of Node, so that several are checked at once. */
const verified = promisify(verify)

type Keys = AuditCheck['signatures']['keys']

export interface SignatureCheck {
  /** What is wrong with the signature of the next row; null where nothing is. */
  see(row: SignedRow): Promise<Message | null>
  result(): AuditCheck['signatures']
}

export function createSignatureCheck(): SignatureCheck {
  const keys = new Map<number, { key: KeyObject; told: Keys[number] }>()
  const own = ownFingerprints()
  let unsigned = 0
  let wasSigned = false

  function take({ id, detail }: SignedRow): void {
    const read = keyDetailSchema.safeParse(JSON.parse(detail)).data
    if (read === undefined || fingerprintOf(read.publicKey) !== read.key) return
    const { key: fingerprint, publicKey, keptBy } = read
    keys.set(id, {
      key: createPublicKey({ key: Buffer.from(publicKey, 'base64'), type: 'spki', format: 'der' }),
      told: { fingerprint, keptBy, own: own.has(fingerprint), rows: 0 },
    })
  }

  return {
    async see(row) {
      if (row.action === 'audit.key') take(row)
      const { id, hash, signedBy, signature } = row
      if (signedBy === null || signature === null) {
        unsigned += 1
        // Rows of before the first key were written by a version that did not sign.
        return wasSigned ? message('audit-row-unsigned', { row: id }) : null
      }
      wasSigned = true
      const known = keys.get(signedBy)
      const isRight =
        known !== undefined && (await verified(null, Buffer.from(signedText(id, hash)), known.key, signature))
      if (!isRight) return message('audit-row-signature', { row: id })
      known.told.rows += 1
      return null
    },
    result: () => ({ unsigned, keys: [...keys.values()].map(({ told }) => told) }),
  }
}
