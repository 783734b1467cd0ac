/** A line around a place of a photograph, and the part of a photograph that is cut out to show a place. */

interface Size {
  width: number
  height: number
}

export interface Box extends Size {
  x: number
  y: number
}

/** The mark is drawn on a picture of at most so many pixels a side, which is shown as large as the photograph. */
const longest = 1200

/** How much larger a cut-out is than what was compared: a place is recognized by what is around it. */
const around = 1.6

/** The pixels around a middle, moved so far that they lie on the photograph. */
function boxAround(middle: { x: number; y: number }, { width, height }: Size, of: Size): Box {
  const [wide, high] = [Math.min(width, of.width), Math.min(height, of.height)]
  return {
    x: Math.min(of.width - wide, Math.max(0, middle.x - wide / 2)),
    y: Math.min(of.height - high, Math.max(0, middle.y - high / 2)),
    width: wide,
    height: high,
  }
}

/** What was compared, and what is shown of it. */
export function cutOutOf(
  middle: { x: number; y: number },
  { across, down }: { across: number; down: number },
  photograph: Size,
): { compared: Box; shown: Box } {
  return {
    compared: boxAround(middle, { width: across, height: down }, photograph),
    shown: boxAround(middle, { width: around * across, height: around * down }, photograph),
  }
}

/** White on black, readable on every photograph. */
export function markOf(
  photograph: Size,
  place: { x: number; y: number; across: number; down: number },
): OffscreenCanvas | null {
  const factor = Math.min(1, longest / Math.max(photograph.width, photograph.height))
  const canvas = new OffscreenCanvas(
    Math.max(1, Math.round(photograph.width * factor)),
    Math.max(1, Math.round(photograph.height * factor)),
  )
  const context = canvas.getContext('2d')
  if (context === null) return null
  const { x, y, width, height } = cutOutOf(place, place, photograph).compared
  const line = Math.max(1, Math.max(canvas.width, canvas.height) / 400)
  for (const [color, lineWidth] of [
    ['#000', 3 * line],
    ['#fff', line],
  ] as const) {
    context.strokeStyle = color
    context.lineWidth = lineWidth
    context.strokeRect(x * factor, y * factor, width * factor, height * factor)
  }
  return canvas
}
