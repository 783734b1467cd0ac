/**
 * Passwords and keys of outputs, kept in the account of the operating system, away from workspaces, their backups and
 * exports. In Electron the system's key store encrypts them; elsewhere it is a file that only its owner may read.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { SecretStore } from './audit-key.ts'
import { syncFileNow, syncFolderNow, temporaryPrefix } from './durable-file.ts'
import { renamePatientlyNow } from './patient-rename.ts'
import { stateFile } from './preferences.ts'

let store: SecretStore | null = null

/** Lets the system's key store encrypt what is kept from now on. */
export function useSecretStore(secrets: SecretStore): void {
  store = secrets
}

const folder = (): string => join(dirname(stateFile(process.env)), 'secrets')
const fileOf = (name: string, isEncrypted: boolean): string =>
  join(folder(), isEncrypted ? `${name}.encrypted` : name)

const usable = (): SecretStore | null =>
  store?.isEncryptionAvailable() === true && store.getSelectedStorageBackend?.() !== 'basic_text'
    ? store
    : null

/** @param name a name that is safe as that of a file */
export function keepSecret(name: string, value: string): void {
  mkdirSync(folder(), { recursive: true, mode: 0o700 })
  const secrets = usable()
  const text = secrets === null ? value : secrets.encryptString(value)
  const temporary = join(folder(), `${temporaryPrefix}${name}`)
  writeFileSync(temporary, text, { mode: 0o600 })
  syncFileNow(temporary)
  renamePatientlyNow(temporary, fileOf(name, secrets !== null))
  syncFolderNow(folder())
  rmSync(fileOf(name, secrets === null), { force: true })
}

/** Null where nothing is kept under this name, or nothing that this process can read. */
export function keptSecret(name: string): string | null {
  const plain = fileOf(name, false)
  if (existsSync(plain)) return readFileSync(plain, 'utf8')
  const encrypted = fileOf(name, true)
  const secrets = usable()
  if (secrets === null || !existsSync(encrypted)) return null
  try {
    return secrets.decryptString(readFileSync(encrypted))
  } catch {
    // The key store was reset: the secret has to be given again.
    return null
  }
}

export function forgetSecret(name: string): void {
  for (const isEncrypted of [true, false]) rmSync(fileOf(name, isEncrypted), { force: true })
}
