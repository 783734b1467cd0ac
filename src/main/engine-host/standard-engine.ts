/** Starts the engine of this installation as a child of this process. */

import { fileURLToPath } from 'node:url'
import { applicationRoot } from '../platform/application-root.ts'
import { programFile } from '../platform/program-file.ts'
import type { LaunchEngine } from './channel.ts'
import { launchChildEngine } from './child-process.ts'
import { engineEnvironment } from './environment.ts'

export const launchStandardEngine: LaunchEngine = (onOutput) =>
  launchChildEngine({
    entry: fileURLToPath(programFile('engine')),
    environment: engineEnvironment(applicationRoot(), process.env),
    onOutput,
  })
