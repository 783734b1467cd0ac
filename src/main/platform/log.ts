/** The log of a workspace: `logs/fanoscope.log`, one JSON object a line. */
import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'

export interface Log {
  /** For who looks into the file; the window's log leaves it out. */
  debug(message: string, details?: object): void
  info(message: string, details?: object): void
  warn(message: string, details?: object): void
  error(message: string, details?: object): void
  close(): void
}

/** Bytes after which a log is put aside; the one put aside before is removed. */
const limit = 8 * 2 ** 20

export function openLog(folder: string): Log {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'fanoscope.log')
  if (existsSync(file) && statSync(file).size > limit) renameSync(file, join(folder, 'fanoscope.1.log'))
  // Written at once: the last line before a crash is the one that is wanted.
  const destination = pino.destination({ dest: file, sync: true })
  // A log that cannot be written (a full disk) must not take the work down with it.
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
