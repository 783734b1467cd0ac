import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, onTestFinished } from 'vitest'

const create = (): string => mkdtempSync(join(tmpdir(), 'fanoscope-'))
const remove = (folder: string): void => rmSync(folder, { recursive: true, force: true })

/** An empty folder that goes when the test ends. */
export function temporaryFolder(): string {
  const folder = create()
  onTestFinished(() => remove(folder))
  return folder
}

/** An empty folder for all tests of a file or of a `describe`, which goes after the last. Call it where they are described. */
export function sharedFolder(): string {
  const folder = create()
  afterAll(() => remove(folder))
  return folder
}
