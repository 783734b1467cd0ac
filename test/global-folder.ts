/**
 * A folder that all test files of a run share, for what takes long to make and is only read or copied. It also has the
 * account's own state, such as the audit's key: what tests start must not write into the home folder of the tester.
 */
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
  // Processes of tests, and what these start, are given the environment of this one.
  process.env.FANOSCOPE_STATE = join(folder, 'account', 'state.json')
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}
