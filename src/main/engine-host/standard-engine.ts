/** The engine of this installation, as a child of this process. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { workerEntry } from '../threads/entry.ts'
import type { LaunchEngine } from './channel.ts'
import { launchChildEngine } from './child-process.ts'
import { engineEnvironment } from './environment.ts'

/** The folder of package.json, whether main runs from source or from its bundle. */
export function applicationRoot(from: string = fileURLToPath(workerEntry('engine'))): string {
  const folder = dirname(from)
  if (existsSync(join(folder, 'package.json')) || folder === from) return folder
  return applicationRoot(folder)
}

export const launchStandardEngine: LaunchEngine = (onOutput) =>
  launchChildEngine({
    entry: fileURLToPath(workerEntry('engine')),
    environment: engineEnvironment(applicationRoot(), process.env),
    onOutput,
  })
