/**
 * Renames a file or folder also while another program looks into it. On Windows a virus scanner, a search index or a
 * sync program holds what was just written for a moment, and a rename then fails with EPERM, EACCES or EBUSY; a little
 * later it passes.
 */
import { renameSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'

/** Milliseconds before each further try: 1.6 seconds in all, which scanners need for a large file. */
const waits = [10, 20, 50, 100, 200, 400, 800]

const passing = new Set(['EPERM', 'EACCES', 'EBUSY'])

export interface Patience<R> {
  rename: (from: string, to: string) => R
  wait: (milliseconds: number) => R
  platform?: NodeJS.Platform
}

/** Elsewhere the same codes mean that somebody may not do this, which waiting does not change; a busy file exists there too. */
function mayPass(error: unknown, platform: NodeJS.Platform): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return platform === 'win32' ? passing.has(code) : code === 'EBUSY'
}

/** @throws what the last try threw */
export async function renamePatiently(
  from: string,
  to: string,
  { rename: act, wait, platform = process.platform }: Patience<Promise<void>> = {
    rename,
    wait: (milliseconds) => pause(milliseconds),
  },
): Promise<void> {
  for (const milliseconds of waits) {
    try {
      return await act(from, to)
    } catch (error) {
      if (!mayPass(error, platform)) throw error
    }
    await wait(milliseconds)
  }
  return act(from, to)
}

/** `renamePatiently` without a promise. It holds this thread up where somebody holds the file, and only there. */
export function renamePatientlyNow(
  from: string,
  to: string,
  { rename: act, wait, platform = process.platform }: Patience<void> = { rename: renameSync, wait: hold },
): void {
  for (const milliseconds of waits) {
    try {
      act(from, to)
      return
    } catch (error) {
      if (!mayPass(error, platform)) throw error
    }
    wait(milliseconds)
  }
  act(from, to)
}

const hold = (milliseconds: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}
