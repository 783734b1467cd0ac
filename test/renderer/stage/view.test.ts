import { describe, expect, it } from 'vitest'
import { frames, swiped } from '../../../src/renderer/stage/picture-stage.ts'
import {
  fitScale,
  fitted,
  largestScale,
  limit,
  panBy,
  place,
  type Size,
  type View,
  zoomAt,
} from '../../../src/renderer/stage/view.ts'

const picture: Size = { width: 400, height: 200 }
const pane: Size = { width: 624, height: 424 }

/** The point of the picture, in its own pixels, that is seen at a point of the pane. */
function seenAt(view: View, at: { x: number; y: number }, frame: Size = pane) {
  const { x, y, scale } = place(view, picture, frame)
  return { x: (at.x - x) / scale, y: (at.y - y) / scale }
}

describe('a fitted picture', () => {
  it('is whole and in the middle', () => {
    const { x, y, scale } = place(fitted, picture, pane)
    expect(scale).toBe(fitScale(picture, pane))
    expect(x).toBeCloseTo(pane.width - (x + picture.width * scale), 9)
    expect(y).toBeCloseTo(pane.height - (y + picture.height * scale), 9)
    expect(x).toBeGreaterThan(0)
    expect(y).toBeGreaterThan(0)
  })
})

describe('zooming', () => {
  it('keeps the point under the pointer where it is', () => {
    const at = { x: 400, y: 230 }
    const before = seenAt(fitted, at)
    const view = zoomAt(zoomAt(fitted, 3, at, picture, pane), 1.5, at, picture, pane)
    const after = seenAt(view, at)
    expect(after.x).toBeCloseTo(before.x, 6)
    expect(after.y).toBeCloseTo(before.y, 6)
  })

  it('stops at the whole picture and at the largest enlargement', () => {
    const middle = { x: pane.width / 2, y: pane.height / 2 }
    expect(zoomAt(fitted, 0.1, middle, picture, pane)).toEqual(fitted)
    expect(place(zoomAt(fitted, 1e6, middle, picture, pane), picture, pane).scale).toBeCloseTo(
      largestScale,
      9,
    )
  })

  it('shows the same part of the picture in every pane, whatever its size', () => {
    const view = zoomAt(fitted, 6, { x: 500, y: 200 }, picture, pane)
    const small: Size = { width: 312, height: 212 }
    const a = seenAt(view, { x: pane.width / 2, y: pane.height / 2 })
    const b = seenAt(view, { x: small.width / 2, y: small.height / 2 }, small)
    expect(a.x).toBeCloseTo(b.x, 9)
    expect(a.y).toBeCloseTo(b.y, 9)
  })
})

describe('moving', () => {
  const near = zoomAt(fitted, 8, { x: 312, y: 212 }, picture, pane)

  it('moves the picture by the pixels of the pointer', () => {
    const before = place(near, picture, pane)
    const after = place(panBy(near, 25, -10, picture, pane), picture, pane)
    expect(after.x - before.x).toBeCloseTo(25, 6)
    expect(after.y - before.y).toBeCloseTo(-10, 6)
  })

  it('never takes the picture off the pane', () => {
    const away = panBy(near, 1e5, 1e5, picture, pane)
    const { x, y } = place(away, picture, pane)
    expect(x).toBeLessThan(pane.width / 2)
    expect(y).toBeLessThan(pane.height / 2)
    expect(limit(away, picture, pane)).toEqual(away)
  })

  it('does not move what is whole on the pane', () => {
    expect(panBy(fitted, 80, 80, picture, pane)).toEqual(fitted)
  })
})

describe('panes', () => {
  const panes = (count: number) => Array.from({ length: count }, (_, i) => ({ id: String(i) }))
  const stage: Size = { width: 801, height: 601 }

  it('fill the stage, side by side or two by two', () => {
    expect(frames(panes(1), stage)).toEqual([{ id: '0', x: 0, y: 0, width: 801, height: 601 }])
    expect(frames(panes(2), stage).map(({ x, y, width, height }) => [x, y, width, height])).toEqual([
      [0, 0, 400, 601],
      [401, 0, 400, 601],
    ])
    expect(frames(panes(4), stage).map(({ x, y, width, height }) => [x, y, width, height])).toEqual([
      [0, 0, 400, 300],
      [401, 0, 400, 300],
      [0, 301, 400, 300],
      [401, 301, 400, 300],
    ])
  })

  it('stand one above the other on a stage that is higher than wide', () => {
    const [first, second] = frames(panes(2), { width: 600, height: 801 })
    expect([first?.height, second?.y, second?.width]).toEqual([400, 401, 600])
  })

  it('that lie over each other share the stage at the line between them', () => {
    const wide = { width: 801, height: 601 }
    expect(swiped(panes(2), wide, 0.25)).toEqual([
      { id: '0', x: 0, y: 0, width: 200, height: 601 },
      { id: '1', x: 200, y: 0, width: 601, height: 601 },
    ])
    expect(swiped(panes(2), wide, 0).map(({ width }) => width)).toEqual([0, 801])
  })
})
