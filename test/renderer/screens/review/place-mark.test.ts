import { expect, it } from 'vitest'
import { cutOutOf } from '../../../../src/renderer/screens/review/place-mark.ts'

const photograph = { width: 400, height: 300 }
const compared = { across: 100, down: 100 }

it('shows what was compared with a little around it', () => {
  expect(cutOutOf({ x: 200, y: 150 }, compared, photograph)).toEqual({
    compared: { x: 150, y: 100, width: 100, height: 100 },
    shown: { x: 120, y: 70, width: 160, height: 160 },
  })
})

it('stays on the photograph at its edge', () => {
  expect(cutOutOf({ x: 390, y: 0 }, compared, photograph)).toEqual({
    compared: { x: 300, y: 0, width: 100, height: 100 },
    shown: { x: 240, y: 0, width: 160, height: 160 },
  })
  expect(cutOutOf({ x: 10, y: 10 }, compared, { width: 60, height: 60 }).shown).toEqual({
    x: 0,
    y: 0,
    width: 60,
    height: 60,
  })
})
