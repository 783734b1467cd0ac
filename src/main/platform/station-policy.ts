/** Reads what the administrator set for this station. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { Failure } from '../../shared/failure.ts'
import { type Administered, stationPolicySchema } from '../../shared/station-policy.ts'
import { applicationRoot } from './application-root.ts'
import { bundleHome } from './installation.ts'
import { offlineBundle } from './offline-bundle.ts'

const fileName = 'fanoscope.json'

/**
 * Beside what a person starts: the start script of an offline bundle, the program of an installation, package.json in
 * the project. FANOSCOPE_POLICY names another file.
 */
export function policyFile(
  environment: NodeJS.ProcessEnv,
  root: string = applicationRoot(),
  program: string = process.execPath,
): string {
  if (environment.FANOSCOPE_POLICY) return environment.FANOSCOPE_POLICY
  if (root.endsWith('.asar')) return join(dirname(program), fileName)
  return join(offlineBundle(root) === null ? root : bundleHome(root), fileName)
}

/**
 * Null where there is none.
 * @throws Failure `policy-invalid`: a station that ignored a mistake in it would not be as its administrator believes
 */
export function readPolicy(
  environment: NodeJS.ProcessEnv,
  file = policyFile(environment),
): Administered | null {
  if (!existsSync(file)) return null
  try {
    return { file, policy: stationPolicySchema.parse(JSON.parse(readFileSync(file, 'utf8'))) }
  } catch (cause) {
    const words = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause)
    throw new Failure('policy-invalid', { file, words }, { cause })
  }
}
