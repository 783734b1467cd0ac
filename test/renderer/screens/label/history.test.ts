import { describe, expect, it } from 'vitest'
import { beginHistory, change, redo, replaced, undo } from '../../../../src/renderer/screens/label/history.ts'
import type { Shape } from '../../../../src/shared/label.ts'

const shape = (x: number): Shape => ({ kind: 'rectangle', defectType: 'dent', x, y: 0, width: 1, height: 1 })

describe('undo and redo', () => {
  it('go back through every change to the beginning, and forward again to the end', () => {
    const count = 5000
    let history = beginHistory<readonly Shape[]>([])
    for (let i = 0; i < count; i += 1) history = change(history, [...history.present.slice(-3), shape(i)])
    const last = history.present
    for (let i = 0; i < count; i += 1) history = undo(history)
    expect(history.present).toEqual([])
    expect(undo(history)).toEqual(history)
    for (let i = 0; i < count; i += 1) history = redo(history)
    expect(history.present).toBe(last)
    expect(redo(history)).toEqual(history)
  })

  it('keep their order where one state is known more exactly later', () => {
    const history = undo(change(change(beginHistory('a'), 'b'), 'c'))
    expect(replaced(history, 'c', 'C')).toEqual({ past: ['a'], present: 'b', future: ['C'] })
    expect(replaced(history, 'a', 'A')).toEqual({ past: ['A'], present: 'b', future: ['c'] })
  })

  it('forget what was undone once something else is drawn', () => {
    const drawn = change(change(beginHistory<readonly Shape[]>([]), [shape(1)]), [shape(1), shape(2)])
    const other = change(undo(drawn), [shape(1), shape(3)])
    expect(redo(other).present).toEqual([shape(1), shape(3)])
    expect(undo(other).present).toEqual([shape(1)])
  })
})
