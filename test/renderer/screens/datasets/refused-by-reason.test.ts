import { expect, it } from 'vitest'
import { refusedByReason } from '../../../../src/renderer/screens/datasets/refused-by-reason.ts'

it('puts the files of one reason together, those of the most frequent first', () => {
  const refusal = (file: string, code: 'empty-file' | 'truncated') => ({ file, code, params: {} })
  const found = refusedByReason([
    refusal('a.png', 'empty-file'),
    refusal('b.png', 'truncated'),
    refusal('c.png', 'truncated'),
  ])
  expect(found.map(({ code, files }) => [code, files.map(({ file }) => file)])).toEqual([
    ['truncated', ['b.png', 'c.png']],
    ['empty-file', ['a.png']],
  ])
  expect(refusedByReason([])).toEqual([])
})
