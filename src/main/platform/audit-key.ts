/**
 * The key of this account of the operating system, with which rows of the audit are signed. In Electron the system's
 * key store keeps it; elsewhere a file that only its owner may read. Threads of this process know it too.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads'
import { z } from 'zod'

/** Who keeps the key: the key store of the operating system, or a file of the account. */
export const keptBySchema = z.enum(['system', 'file'])
export type KeptBy = z.infer<typeof keptBySchema>

export interface AuditKey {
  /** SHA-256 of the public key, by which a person tells it from others. */
  fingerprint: string
  /** SPKI, base64. */
  publicKey: string
  keptBy: KeptBy
  sign(text: string): Uint8Array
}

/** The key store of the operating system, as Electron's `safeStorage` gives it. */
export interface SecretStore {
  isEncryptionAvailable(): boolean
  encryptString(text: string): Buffer
  decryptString(encrypted: Buffer): string
  /** On Linux: `basic_text` is no protection. */
  getSelectedStorageBackend?(): string
}

const place = 'fanoscope.audit-key'
const placeSchema = z.object({
  /** Where the key, and what belongs to it, is kept. */
  folder: z.string(),
  /** PKCS 8, base64, of a key that only main can read; null where each thread reads the file. */
  secret: z.string().nullable(),
})

export const fingerprintOf = (publicKey: string): string =>
  createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest('hex')

/**
 * Lets this process sign what it writes into audits. To be called before anything is opened.
 * @param secrets the system's key store, where there is one
 */
export function useAuditKey(folder: string, secrets: SecretStore | null = null): void {
  setEnvironmentData(place, { folder, secret: secrets === null ? null : systemSecret(folder, secrets) })
  loaded = undefined
}

/** From here on nothing is signed, as in tests that do not say otherwise. */
export function forgetAuditKey(): void {
  setEnvironmentData(place, undefined)
  loaded = undefined
}

const present = (): z.infer<typeof placeSchema> | null =>
  placeSchema.safeParse(getEnvironmentData(place)).data ?? null

/** The folder of the account in which the newest rows of audits are kept, away from their workspaces; null for none. */
export const auditKeyFolder = (): string | null => present()?.folder ?? null

let loaded: AuditKey | null | undefined

/** The key; null where this process has none, or where none can be kept: then rows are not signed. */
export function auditKey(): AuditKey | null {
  if (loaded === undefined) {
    const found = present()
    loaded = found === null ? null : loadKey(found)
  }
  return loaded
}

/** The fingerprints of all keys that this account has had. */
export function ownFingerprints(): ReadonlySet<string> {
  const folder = auditKeyFolder()
  const file = folder === null ? null : fingerprintsFile(folder)
  if (file === null || !existsSync(file)) return new Set()
  return new Set(readFileSync(file, 'utf8').split('\n').filter(Boolean))
}

const fingerprintsFile = (folder: string): string => join(folder, 'audit-keys')

function loadKey({ folder, secret }: z.infer<typeof placeSchema>): AuditKey | null {
  try {
    return secret === null ? keyOf(fileSecret(folder), 'file') : keyOf(secret, 'system')
  } catch {
    // In a home folder that cannot be written there is no key; a check of the audit says that rows are not signed.
    return null
  }
}

function keyOf(secret: string, keptBy: KeptBy): AuditKey {
  const key = privateKeyOf(secret)
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64')
  return {
    fingerprint: fingerprintOf(publicKey),
    publicKey,
    keptBy,
    sign: (text) => sign(null, Buffer.from(text), key),
  }
}

const privateKeyOf = (secret: string): KeyObject =>
  createPrivateKey({ key: Buffer.from(secret, 'base64'), type: 'pkcs8', format: 'der' })

function newSecret(folder: string): string {
  const { privateKey } = generateKeyPairSync('ed25519')
  const secret = privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64')
  appendFileSync(fingerprintsFile(folder), `${keyOf(secret, 'file').fingerprint}\n`, { mode: 0o600 })
  return secret
}

/** The key in the file of the account, which is made where there is none. */
function fileSecret(folder: string): string {
  const file = join(folder, 'audit-key')
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    try {
      writeFileSync(file, newSecret(folder), { mode: 0o600, flag: 'wx' })
    } catch (error) {
      // Another process made it meanwhile.
      if (!existsSync(file)) throw error
    }
  }
  return readFileSync(file, 'utf8')
}

/** The key as the system's key store encrypts it; null where that protects nothing. */
function systemSecret(folder: string, secrets: SecretStore): string | null {
  if (!secrets.isEncryptionAvailable() || secrets.getSelectedStorageBackend?.() === 'basic_text') return null
  const file = join(folder, 'audit-key.encrypted')
  try {
    if (existsSync(file)) {
      const secret = secrets.decryptString(readFileSync(file))
      privateKeyOf(secret)
      return secret
    }
  } catch {
    // The key store was reset, or the file is of another account: what is signed from now on has a new key.
  }
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    const secret = newSecret(folder)
    writeFileSync(file, secrets.encryptString(secret), { mode: 0o600 })
    return secret
  } catch {
    return null
  }
}
