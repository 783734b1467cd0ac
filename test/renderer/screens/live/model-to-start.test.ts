import { expect, it } from 'vitest'
import { modelToStart } from '../../../../src/renderer/screens/live/model-to-start.ts'
import { exampleRun } from '../../domain-examples.ts'

const trained = [
  exampleRun({ id: 'newest', datasetId: 'lids' }),
  exampleRun({ id: 'quick', datasetId: 'caps' }),
  exampleRun({ id: 'smoke', datasetId: 'caps' }),
]
const uses = [
  { datasetId: 'lids', runId: 'newest', since: 2000 },
  { datasetId: 'caps', runId: 'smoke', since: 1000 },
]

it.each([
  ['what a person chose', { uses, chosen: 'quick', last: 'smoke' }, 'quick'],
  [
    'the model in use of the line that ran last, not the one that ran',
    { uses, chosen: '', last: 'quick' },
    'smoke',
  ],
  ['the model that was put into use last, where no line ran', { uses, chosen: '', last: null }, 'newest'],
  ['the one that ran last, where none is in use', { uses: [], chosen: '', last: 'quick' }, 'quick'],
  ['the newest, where there is nothing else to go by', { uses: [], chosen: '', last: null }, 'newest'],
  ['a run that is there, where the one that ran is gone', { uses: [], chosen: '', last: 'gone' }, 'newest'],
])('takes %s', (_, given, expected) => {
  expect(modelToStart({ trained, ...given })?.id).toBe(expected)
})
