import { describe, expect, it } from 'vitest'
import { viewReader, viewSettingsSchema } from '../../src/shared/part-views.ts'

const seen = (pattern: string, names: string[], file: string) => {
  const found = viewReader({ pattern, names })(file)
  return found === null ? null : [found.part, found.view]
}

describe('a pattern of views', () => {
  it.each([
    ['{part}_{view}', 'left,right', '0007_left.png', ['0007', 'left']],
    ['{part}_{view}', 'left,right', 'A_7_right.jpg', ['A_7', 'right']],
    ['{view}-{part}', 'C1,C2', 'C2-2026-11-30.bmp', ['2026-11-30', 'C2']],
    ['{part}_{view}_*', 'top,top2', 'P1_top2_0815.png', ['P1', 'top2']],
    ['line(4) {part}.{view}', 'a,b', 'line(4) 9.b.png', ['9', 'b']],
    ['{part}_{view}', '左,右', '零件7_右.png', ['零件7', '右']],
  ])('reads %s', (pattern, names, file, expected) => {
    expect(seen(pattern, names.split(','), file)).toEqual(expected)
  })

  it.each([
    ['another view', '0007_back.png'],
    ['a name with more behind the view', '0007_left_2.png'],
    ['no part', '_left.png'],
  ])('takes %s for no view', (_, file) => {
    expect(seen('{part}_{view}', ['left', 'right'], file)).toBeNull()
  })

  it.each([
    ['without the part', { pattern: '{view}_*' }],
    ['with two views', { pattern: '{part}_{view}_{view}' }],
    ['with one name', { names: ['left'] }],
    ['with a name twice', { names: ['left', 'left'] }],
    ['without time', { within: 0 }],
  ])('is refused %s', (_, change) => {
    const settings = { pattern: '{part}_{view}', names: ['left', 'right'], within: 5 }
    expect(viewSettingsSchema.safeParse(settings).success).toBe(true)
    expect(viewSettingsSchema.safeParse({ ...settings, ...change }).success).toBe(false)
  })

  it('reads a long name that does not fit in a moment', () => {
    const reader = viewReader({ pattern: '*{part}*_*{view}', names: ['left', 'right'] })
    expect(reader(`${'_'.repeat(250)}x.png`)).toBeNull()
  })
})
