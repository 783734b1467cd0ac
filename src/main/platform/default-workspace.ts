import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** The folder of the workspace where none is named; FANOSCOPE_WORKSPACE sets another one. */
export const defaultWorkspace = (environment: NodeJS.ProcessEnv, home: string = homedir()): string =>
  resolve(environment.FANOSCOPE_WORKSPACE || join(home, 'Fanoscope'))
