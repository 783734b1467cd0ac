/** The log of a workspace: `logs/fanoscope.log`, one JSON object per line. */
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import { renamePatientlyNow } from './patient-rename.ts'

export interface Log {
  /** Lines that are only in the file and not on the log screen. */
  debug(message: string, details?: object): void
  info(message: string, details?: object): void
  warn(message: string, details?: object): void
  error(message: string, details?: object): void
  close(): void
}

/** Size in bytes at which the log is renamed to `fanoscope.1.log`, replacing the older one. */
const limit = 8 * 2 ** 20

export function openLog(folder: string): Log {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, 'fanoscope.log')
  if (existsSync(file) && statSync(file).size > limit)
    renamePatientlyNow(file, join(folder, 'fanoscope.1.log'))
  // Written synchronously: the last line before a crash is the most important one.
  const destination = pino.destination({ dest: file, sync: true, mode: 0o600 })
  // A log that cannot be written, for instance on a full disk, must not stop the work.
  destination.on('error', () => undefined)
  const logger = pino({ base: { pid: process.pid }, level: 'debug' }, destination)
  return {
    debug: (message, details = {}) => logger.debug(details, message),
    info: (message, details = {}) => logger.info(details, message),
    warn: (message, details = {}) => logger.warn(details, message),
    error: (message, details = {}) => logger.error(details, message),
    close: () => destination.end(),
  }
}
