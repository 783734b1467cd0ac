/** Finds out whether Electron's binary is installed, and if not, why. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

export interface ElectronBinary {
  present: boolean
  version: string | null
  /** Why set-up could not download it, if set-up recorded that. */
  reason: string | null
}

/** The file that set-up writes when the binary cannot be downloaded. */
const refusedSchema = z.object({ reason: z.string() })

/** @param root the folder of package.json */
export function electronBinary(root: string): ElectronBinary {
  // Set when this process itself runs in Electron.
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
    // The file is absent where set-up never tried a download; an unreadable one must not make the doctor fail.
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
