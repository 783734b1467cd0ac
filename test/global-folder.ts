/** A folder that all test files of a run share, for what takes long to make and is only read or copied. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  export interface ProvidedContext {
    globalFolder: string
  }
}

export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'fanoscope-global-'))
  project.provide('globalFolder', folder)
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}
