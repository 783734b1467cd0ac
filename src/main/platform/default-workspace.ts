import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { readPolicy } from './station-policy.ts'

/**
 * The folder of the workspace where none is named: FANOSCOPE_WORKSPACE, or what the administrator set, or one in the
 * person's home.
 */
export function defaultWorkspace(
  environment: NodeJS.ProcessEnv,
  home: string = homedir(),
  set: string | undefined = readPolicy(environment)?.policy.workspace,
): string {
  const fromHome = set === undefined ? undefined : set.replace(/^~(?=[/\\]|$)/, () => home)
  return resolve(environment.FANOSCOPE_WORKSPACE || fromHome || join(home, 'Fanoscope'))
}
