/** Boxes and ellipses that a program can turn, as polygons. */
import type { DrawnShape } from './conform.ts'

type Polygon = DrawnShape & { kind: 'polygon' }
type Box = { x: number; y: number; width: number; height: number }

/** To a millionth of a pixel, so that a corner on the edge of the picture is not a hair beyond it. */
const rounded = (value: number): number => Math.round(value * 1e6) / 1e6

const turned = (x: number, y: number, about: { x: number; y: number }, degrees: number): [number, number] => {
  const angle = (degrees * Math.PI) / 180
  const [dx, dy] = [x - about.x, y - about.y]
  return [
    rounded(about.x + dx * Math.cos(angle) - dy * Math.sin(angle)),
    rounded(about.y + dx * Math.sin(angle) + dy * Math.cos(angle)),
  ]
}

/** A box turned clockwise about a point. */
export function turnedBox(
  defectType: string,
  { x, y, width, height }: Box,
  about: { x: number; y: number },
  degrees: number,
): DrawnShape {
  if (degrees % 360 === 0) return { kind: 'rectangle', defectType, x, y, width, height }
  const corners = [
    [x, y],
    [x + width, y],
    [x + width, y + height],
    [x, y + height],
  ] as const
  return {
    kind: 'polygon',
    defectType,
    points: corners.flatMap(([px, py]) => turned(px, py, about, degrees)),
  }
}

/** An ellipse turned clockwise about its center. */
export function ellipse(
  defectType: string,
  { x, y, radiusX, radiusY }: { x: number; y: number; radiusX: number; radiusY: number },
  degrees: number,
): DrawnShape {
  if (radiusX === radiusY) return { kind: 'circle', defectType, x, y, radius: radiusX }
  // About as many corners as its edge has pixels.
  const count = Math.round(Math.min(720, Math.max(24, 2 * Math.PI * Math.max(radiusX, radiusY))))
  const points: Polygon['points'] = []
  for (let i = 0; i < count; i += 1) {
    const angle = (i / count) * 2 * Math.PI
    points.push(...turned(x + radiusX * Math.cos(angle), y + radiusY * Math.sin(angle), { x, y }, degrees))
  }
  return { kind: 'polygon', defectType, points }
}
