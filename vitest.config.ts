import { defineConfig } from 'vitest/config'
import { LongestFirst } from './scripts/test/longest-first.mjs'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/global-folder.ts',
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // What comes does so in milliseconds, but not on a machine with other work.
    expect: { poll: { timeout: 30_000 } },
    pool: 'forks',
    // See src/main/platform/wasm-wrappers.ts: a race in V8 that ends a process with threads.
    execArgv: ['--wasm-wrapper-tiering-budget=2147483647'],
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
  },
})
