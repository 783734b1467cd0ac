import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { typicalTime } from '../../../scripts/test/longest-first.mjs'

const typical = (file: string): number =>
  typicalTime(readFileSync(resolve(import.meta.dirname, '../..', file), 'utf8'))

it('a file that opens a browser is begun before one that starts an engine, and that before one that only computes', () => {
  const times = ['e2e/window.test.ts', 'main/live/live.test.ts', 'main/metrics/auroc.test.ts'].map(typical)
  expect(times).toEqual(times.toSorted((a, b) => b - a))
  expect(new Set(times).size).toBe(3)
})
