import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { programFile } from '../../../src/main/platform/program-file.ts'

describe('the programs of their own', () => {
  it.each(['engine', 'thread'] as const)('%s has a source', (name) => {
    expect(existsSync(programFile(name))).toBe(true)
  })

  it('lie beside the bundle of main, also when main is called from a chunk', () => {
    const bundled = 'file:///app/out/main/thread.js'
    expect(programFile('thread', 'file:///app/out/main/index.js').href).toBe(bundled)
    expect(programFile('thread', 'file:///app/out/main/chunks/program-file-1a2b.js').href).toBe(bundled)
  })
})
