import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { applicationRoot } from './application-root.ts'

/**
 * The version of Fanoscope, from its package.json.
 * @param root the folder of package.json
 */
export function applicationVersion(root = applicationRoot()): string {
  const file = join(root, 'package.json')
  return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(file, 'utf8'))).version
}
