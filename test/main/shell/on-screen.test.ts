import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Bounds, movedOnScreen, sizeOn } from '../../../src/main/shell/on-screen.ts'

const main: Bounds = { x: 0, y: 0, width: 1920, height: 1040 }
const left: Bounds = { x: -1280, y: 100, width: 1280, height: 984 }

describe('a window', () => {
  it.each([
    ['in the middle of the main display', { x: 200, y: 100, width: 1440, height: 900 }],
    ['on the display beside it', { x: -1200, y: 150, width: 1024, height: 720 }],
    ['over two displays', { x: -500, y: 150, width: 1440, height: 800 }],
    ['half out to the right', { x: 1700, y: 100, width: 1440, height: 900 }],
    ['maximized, a little over the edges', { x: -8, y: -8, width: 1936, height: 1056 }],
  ])('stays %s', (_where, window) => {
    expect(movedOnScreen(window, [main, left])).toBeNull()
  })

  it.each([
    ['right of everything', { x: 1920, y: 100, width: 1440, height: 900 }],
    ['with less to take hold of than a finger needs', { x: 1850, y: 100, width: 1440, height: 900 }],
    ['with its title above the edge', { x: 200, y: -300, width: 1440, height: 900 }],
    ['below the edge', { x: 200, y: 1030, width: 1440, height: 900 }],
  ])('comes back that lies %s', (_where, window) => {
    expect(movedOnScreen(window, [main])).toEqual({ x: 240, y: 70, width: 1440, height: 900 })
  })

  it('of any size, wherever it was, is then within the main display, and stays there', () => {
    const number = (min: number, max: number) => fc.integer({ min, max })
    const area = fc.record({
      x: number(-5000, 5000),
      y: number(-5000, 5000),
      width: number(640, 5120),
      height: number(400, 2880),
    })
    const window = fc.record({
      x: number(-9000, 9000),
      y: number(-9000, 9000),
      width: number(640, 16_384),
      height: number(400, 16_384),
    })
    fc.assert(
      fc.property(window, fc.array(area, { minLength: 1, maxLength: 3 }), (bounds, areas) => {
        const moved = movedOnScreen(bounds, areas)
        if (moved === null) return
        const [first = main] = areas
        expect(moved.x).toBeGreaterThanOrEqual(first.x)
        expect(moved.y).toBeGreaterThanOrEqual(first.y)
        expect(moved.x + moved.width).toBeLessThanOrEqual(first.x + first.width)
        expect(moved.y + moved.height).toBeLessThanOrEqual(first.y + first.height)
        expect(movedOnScreen(moved, areas)).toBeNull()
      }),
      { seed: 1, numRuns: 300 },
    )
  })

  it('stays where no display is there: the system has no place either', () => {
    expect(movedOnScreen(main, [])).toBeNull()
  })

  it('gets the size that was left where there is room, and never more than there is', () => {
    const wanted = { width: 1440, height: 900 }
    expect(sizeOn(main, wanted)).toEqual({ ...wanted, minWidth: 1024, minHeight: 720 })
    expect(sizeOn({ width: 800, height: 500 }, wanted)).toEqual({
      width: 800,
      height: 500,
      minWidth: 800,
      minHeight: 500,
    })
    expect(sizeOn(main, { width: 100, height: 100 })).toMatchObject({ width: 1024, height: 720 })
  })
})
