import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { applicationRoot } from './application-root.ts'

/** The version of Fanoscope, from its package.json. */
export function applicationVersion(): string {
  const file = join(applicationRoot(), 'package.json')
  return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(file, 'utf8'))).version
}
