/**
 * Keeps the window where a person can reach it: within a display that is there. Sizes are in the pixels of the page,
 * of which a display has fewer the more it is scaled: 1920 x 1080 at 250 % are 768 x 432.
 */

export interface Bounds {
  x: number
  y: number
  width: number
  height: number
}

export interface Size {
  width: number
  height: number
}

/** The smallest window that every screen of Fanoscope fits into; on a smaller display it scrolls. */
export const leastSize: Size = { width: 1024, height: 720 }

/** What a window may have on a display: not more than is there, and a least size that it can get. */
export function sizeOn(area: Size, wanted: Size): Size & { minWidth: number; minHeight: number } {
  const least = smaller(leastSize, area)
  const { width, height } = smaller(wanted, area)
  return {
    width: Math.max(width, least.width),
    height: Math.max(height, least.height),
    minWidth: least.width,
    minHeight: least.height,
  }
}

const smaller = (a: Size, b: Size): Size => ({
  width: Math.min(a.width, b.width),
  height: Math.min(a.height, b.height),
})

/** How much of a title bar must be seen, so that a person can take hold of it. */
const grip = { width: 120, height: 24 }

/**
 * Where a window has to go once displays have changed, because one was taken away or scaled anew.
 * @param areas what the displays have for windows, the main one first
 * @returns null where it can stay
 */
export function movedOnScreen(window: Bounds, areas: readonly Bounds[]): Bounds | null {
  const [main] = areas
  const isReachable = areas.some(
    (area) =>
      window.y >= area.y - grip.height &&
      window.y + grip.height <= area.y + area.height &&
      Math.min(window.x + window.width, area.x + area.width) - Math.max(window.x, area.x) >= grip.width,
  )
  if (main === undefined || isReachable) return null
  const { width, height } = sizeOn(main, window)
  return {
    x: main.x + Math.floor((main.width - width) / 2),
    y: main.y + Math.floor((main.height - height) / 2),
    width,
    height,
  }
}
