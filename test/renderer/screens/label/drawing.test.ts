import { describe, expect, it } from 'vitest'
import {
  opened,
  retyped,
  settled,
  withShapes,
  withVerdict,
} from '../../../../src/renderer/screens/label/drawing.ts'
import type { Shape, Verdict } from '../../../../src/shared/label.ts'

const good: Verdict = { label: 'normal', defectType: null }
const dented: Verdict = { label: 'anomalous', defectType: 'dent' }
const shape = (defectType: string): Shape => ({
  kind: 'rectangle',
  defectType,
  x: 0,
  y: 0,
  width: 1,
  height: 1,
})

describe('a photograph that is drawn on', () => {
  it('is anomalous at once, of the type that was drawn, and keeps its type while a shape has it', () => {
    const drawn = withShapes(opened([], good), [shape('dent')])
    expect(drawn.verdict).toEqual(dented)
    expect(withShapes(drawn, [shape('scratch'), shape('dent')]).verdict).toEqual(dented)
    expect(withShapes(drawn, [shape('scratch')]).verdict.defectType).toBe('scratch')
  })

  it('is what it was before once its last shape is removed', () => {
    const drawn = settled(withShapes(opened([], good), [shape('dent')]), dented)
    expect(withShapes(drawn, []).verdict).toEqual(good)
  })

  it('stays anomalous without its shapes where a person said so', () => {
    const said = withVerdict(withShapes(opened([], good), [shape('dent')]), dented)
    expect(withShapes(said, []).verdict).toEqual(dented)
  })

  it('loses its mask with the verdict that it is good, and only then', () => {
    const drawn = opened([shape('dent')], dented)
    expect(withVerdict(drawn, good)).toMatchObject({ shapes: [], verdict: good })
    expect(withVerdict(drawn, { label: 'anomalous', defectType: 'chip' }).shapes).toBe(drawn.shapes)
  })

  it('takes no step where nothing else is said of it than before', () => {
    const before = opened([], good)
    expect(withVerdict(before, good)).toBe(before)
  })

  it('has the new name of a type in all that is drawn and said, whatever its case', () => {
    const drawn = withShapes(opened([shape('Dent'), shape('chip')], dented), [shape('dent'), shape('chip')])
    const { shapes, verdict, unmasked } = retyped(drawn, 'dent', 'bump')
    expect(shapes.map(({ defectType }) => defectType)).toEqual(['bump', 'chip'])
    expect([verdict.defectType, unmasked.defectType]).toEqual(['bump', 'bump'])
  })
})
