import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** Inputs that people met with other tools; not part of the project, so their tests are skipped where they are absent. */
const cases = resolve('../shared/data/cases')

/** The folder of one of them, and whether it is there. */
export function caseFolder(name: string): { folder: string; isThere: boolean } {
  const folder = join(cases, name)
  return { folder, isThere: existsSync(folder) }
}
