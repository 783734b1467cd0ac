import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of package.json, whether main runs from source or from its bundle. */
export function applicationRoot(from: string = fileURLToPath(import.meta.url)): string {
  const folder = dirname(from)
  if (existsSync(join(folder, 'package.json')) || folder === from) return folder
  return applicationRoot(folder)
}
