import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** Where a workspace is unless a person says otherwise; FANOSCOPE_WORKSPACE names another place. */
export const defaultWorkspace = (environment: NodeJS.ProcessEnv, home: string = homedir()): string =>
  resolve(environment.FANOSCOPE_WORKSPACE || join(home, 'Fanoscope'))
