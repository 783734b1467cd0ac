/**
 * Where a picture stands in a pane. Zoom and pan are kept in picture coordinates and shared by all panes,
 * which therefore move in step whatever the size of each.
 */
export interface Size {
  width: number
  height: number
}

export interface View {
  /** How much larger the picture is shown than when all of it is seen: 1 shows it as a whole. */
  zoom: number
  /** The point of the picture at the middle of the pane, as shares of its width and height. */
  x: number
  y: number
}

export interface Placement {
  x: number
  y: number
  /** Screen pixels for one pixel of the picture. */
  scale: number
}

export const fitted: View = { zoom: 1, x: 0.5, y: 0.5 }
export const largestScale = 40
/** The factor of one press of a key or button. */
export const zoomStep = 1.4
const margin = 12

/** Screen pixels for one picture pixel when the whole picture is seen. */
export function fitScale(picture: Size, pane: Size): number {
  const width = Math.max(1, pane.width - 2 * margin)
  const height = Math.max(1, pane.height - 2 * margin)
  return Math.min(width / picture.width, height / picture.height)
}

export function place(view: View, picture: Size, pane: Size): Placement {
  const scale = fitScale(picture, pane) * view.zoom
  return {
    scale,
    x: pane.width / 2 - view.x * picture.width * scale,
    y: pane.height / 2 - view.y * picture.height * scale,
  }
}

/** Keeps the zoom between the whole picture and `largestScale`, and the picture on the pane. */
export function limit(view: View, picture: Size, pane: Size): View {
  const fit = fitScale(picture, pane)
  const zoom = Math.min(Math.max(1, view.zoom), Math.max(1, largestScale / fit))
  const within = (center: number, pictureSide: number, paneSide: number) => {
    const half = paneSide / 2 / (pictureSide * fit * zoom)
    if (half >= 0.5) return 0.5
    const slack = margin / (pictureSide * fit * zoom)
    return Math.min(1 - half + slack, Math.max(half - slack, center))
  }
  return {
    zoom,
    x: within(view.x, picture.width, pane.width),
    y: within(view.y, picture.height, pane.height),
  }
}

/** Zooms by a factor while the picture point under `at` (pane coordinates) stays where it is. */
export function zoomAt(
  view: View,
  factor: number,
  at: { x: number; y: number },
  picture: Size,
  pane: Size,
): View {
  const before = place(view, picture, pane)
  const zoom = limit({ ...view, zoom: view.zoom * factor }, picture, pane).zoom
  const scale = fitScale(picture, pane) * zoom
  const pointX = (at.x - before.x) / before.scale
  const pointY = (at.y - before.y) / before.scale
  return limit(
    {
      zoom,
      x: (pointX - (at.x - pane.width / 2) / scale) / picture.width,
      y: (pointY - (at.y - pane.height / 2) / scale) / picture.height,
    },
    picture,
    pane,
  )
}

/** Moves the picture by screen pixels. */
export function panBy(view: View, dx: number, dy: number, picture: Size, pane: Size): View {
  const { scale } = place(view, picture, pane)
  return limit(
    { zoom: view.zoom, x: view.x - dx / (picture.width * scale), y: view.y - dy / (picture.height * scale) },
    picture,
    pane,
  )
}
