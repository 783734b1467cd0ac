/** Whether Electron is there, and why not. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

export interface ElectronBinary {
  present: boolean
  version: string | null
  /** Why set-up could not fetch it, where it said so. */
  reason: string | null
}

/** What set-up writes when the binary cannot be had. */
const refusedSchema = z.object({ reason: z.string() })

/** @param root the folder of package.json */
export function electronBinary(root: string): ElectronBinary {
  // This is Electron.
  const running = process.versions.electron
  if (running !== undefined) return { present: true, version: running, reason: null }
  const folder = join(root, 'node_modules', 'electron')
  const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, 'dist')
  const path = textOf(join(folder, 'path.txt'))
  if (path !== null && existsSync(join(dist, path))) {
    return { present: true, version: textOf(join(dist, 'version'))?.replace(/^v/, '') ?? null, reason: null }
  }
  return { present: false, version: null, reason: whyRefused(join(root, '.cache', 'electron-refused.json')) }
}

function whyRefused(file: string): string | null {
  try {
    return refusedSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).reason
  } catch {
    // Absent where set-up never tried; and no reason is worth a doctor that fails.
    return null
  }
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return null
  }
}
