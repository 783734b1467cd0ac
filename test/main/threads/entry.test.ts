import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type EntryName, workerEntry } from '../../../src/main/threads/entry.ts'

describe('the programs of their own', () => {
  const names: EntryName[] = ['engine', 'import-worker', 'verify-worker']

  it.each(names)('%s has a source', (name) => {
    expect(existsSync(workerEntry(name))).toBe(true)
  })

  it('lie beside the bundle of main, also when main is called from a chunk', () => {
    const bundled = 'file:///app/out/main/verify-worker.js'
    expect(workerEntry('verify-worker', 'file:///app/out/main/index.js').href).toBe(bundled)
    expect(workerEntry('verify-worker', 'file:///app/out/main/chunks/entry-1a2b.js').href).toBe(bundled)
  })
})
