import { describe, expect, it } from 'vitest'
import { createDraft, type Pen, type Tool } from '../../../../src/renderer/screens/label/draft.ts'
import type { Shape } from '../../../../src/shared/label.ts'

/** A draft on a photograph of which each pixel is two on the screen, and what it told. */
function draftWith(tool: Tool, shapes: Shape[] = [], selected: number | null = null) {
  const pen: Pen = { tool, size: 6, tolerance: 20, defectType: 'dent' }
  const told: unknown[] = []
  const draft = createDraft({
    pen: () => pen,
    shapes: () => shapes,
    selected: () => selected,
    scale: () => 2,
    liftedChanged: () => told.push(['lifted', draft.lifted]),
    add: (shape) => told.push(['add', shape]),
    replace: (index, shape) => told.push(['replace', index, shape]),
    select: (index, adds) => told.push(['select', index, adds]),
    cutOut: (points) => told.push(['cut', points]),
    split: (from, to) => told.push(['split', from, to]),
    grow: (from, wider) => told.push(['grow', from, wider]),
    endGrowth: (keeps) => told.push(['end', keeps]),
  })
  const to = (x: number, y: number) => draft.move({ x, y }, () => [{ x, y }])
  const click = (x: number, y: number) => {
    draft.begin({ x, y }, 8, false)
    draft.end()
  }
  return { draft, told, to, click }
}

const box: Shape = { kind: 'rectangle', defectType: 'dent', x: 10, y: 10, width: 20, height: 10 }

describe('a drag', () => {
  it('with the rectangle adds what lies between its ends, and nothing where it is a click', () => {
    const { draft, told, to, click } = draftWith('rectangle')
    draft.begin({ x: 4, y: 8 }, 8, false)
    to(10, 3)
    draft.end()
    const shape = { kind: 'rectangle', defectType: 'dent', x: 4, y: 3, width: 6, height: 5 }
    expect(told).toEqual([['add', shape]])
    click(50, 50)
    expect(told).toHaveLength(1)
  })

  it.each([
    ['brush', 'dent'],
    ['eraser', null],
  ] as const)('with the %s adds the line that it leaves', (tool, defectType) => {
    const { draft, told, to } = draftWith(tool)
    draft.begin({ x: 1, y: 1 }, 8, false)
    // Less than three quarters of a screen pixel further is the same point.
    to(1.1, 1)
    to(5, 1)
    draft.end()
    expect(told).toEqual([['add', { kind: 'stroke', defectType, size: 6, points: [1, 1, 5, 1] }]])
  })

  it('moves a shape only after it went further than an unsteady hand does', () => {
    const { draft, told, to } = draftWith('select', [box])
    draft.begin({ x: 15, y: 15 }, 8, false)
    expect(told).toEqual([['select', 0, false]])
    to(16, 15)
    expect(draft.lifted).toBeNull()
    to(18, 16)
    expect(draft.lifted).toBe(0)
    draft.end()
    expect(draft.lifted).toBeNull()
    expect(told.at(-1)).toEqual(['replace', 0, { ...box, x: 13, y: 11 }])
  })

  it('pulls a corner of what is selected, and puts it down as it was where it was only touched', () => {
    const { draft, told, to, click } = draftWith('select', [box], 0)
    click(30, 20)
    expect(told).toEqual([
      ['lifted', 0],
      ['lifted', null],
    ])
    draft.begin({ x: 30, y: 20 }, 8, false)
    to(35, 24)
    draft.end()
    expect(told.at(-1)).toEqual(['replace', 0, { ...box, width: 25, height: 14 }])
  })
})

describe('a polygon', () => {
  it('is closed by a click on its first corner', () => {
    const { draft, told, click } = draftWith('polygon')
    for (const [x, y] of [
      [0, 0],
      [20, 0],
      [20, 20],
    ] as const)
      click(x, y)
    expect(told).toEqual([])
    click(3, 2)
    expect(told).toEqual([['add', { kind: 'polygon', defectType: 'dent', points: [0, 0, 20, 0, 20, 20] }]])
    expect(draft.polygon).toEqual([])
  })

  it('loses its last corner on request, and the one of a first finger when a second comes', () => {
    const { draft, click } = draftWith('polygon')
    click(0, 0)
    click(20, 0)
    expect(draft.takeBack()).toBe(true)
    expect(draft.polygon).toEqual([0, 0])
    draft.begin({ x: 9, y: 9 }, 24, false)
    draft.giveUpDrag()
    expect(draft.polygon).toEqual([0, 0])
    expect(draft.cancel()).toBe(true)
    expect(draft.cancel()).toBe(false)
    expect(draft.takeBack()).toBe(false)
  })

  it('of two corners is none', () => {
    const { draft, told, click } = draftWith('polygon')
    click(0, 0)
    click(20, 0)
    draft.closePolygon()
    expect(told).toEqual([])
    expect(draft.polygon).toEqual([])
  })
})
