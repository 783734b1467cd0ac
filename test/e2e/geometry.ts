/**
 * Finds by geometry what a person cannot reach, read or hit on a page: what is cut off, covered, overlapping, or too
 * small for a finger. The functions below run in the page, so none of them may use anything from outside this file.
 */
import type { Page } from 'playwright-core'
import { z } from 'zod'

interface Box {
  left: number
  top: number
  right: number
  bottom: number
}

/** What is clipped by less than this many pixels is not lost: borders, rounding, the tails of letters. */
const slack = 2
const controls =
  'a[href], button, select, textarea, summary, .el-select__wrapper, :not(.el-input-number) > .el-input > .el-input__wrapper, .el-input-number, .el-segmented__item, .el-switch, .el-checkbox, [role=slider], [role=switch], [role=tab], [role=option], [role=menuitem]'

function boxOf(element: Element): Box {
  const { left, top, right, bottom } = element.getBoundingClientRect()
  return { left, top, right, bottom }
}

function isShown(element: Element): boolean {
  const { width, height } = element.getBoundingClientRect()
  return (
    width > 0 &&
    height > 0 &&
    element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
    element.closest('.visually-hidden, .skip, [inert]') === null
  )
}

function nameOf(element: Element): string {
  const words = element.getAttribute('aria-label') ?? element.textContent ?? ''
  const { tagName, classList } = element
  const place = [tagName.toLowerCase(), ...classList].slice(0, 4).join('.')
  return `${place} "${words.trim().replaceAll(/\s+/g, ' ').slice(0, 60)}"`
}

/** The elements around one that cut it off or scroll it, from the inside to the outside. */
function clippersOf(element: Element): Element[] {
  const found: Element[] = []
  let { position } = getComputedStyle(element)
  for (let around = element.parentElement; around !== null; around = around.parentElement) {
    const style = getComputedStyle(around)
    const holds =
      style.transform !== 'none' ||
      style.containerType !== 'normal' ||
      (position === 'fixed' ? false : position !== 'absolute' || style.position !== 'static')
    if (!holds) continue
    if (style.overflowX !== 'visible' || style.overflowY !== 'visible') found.push(around)
    position = style.position
  }
  return found
}

/** What an element shows of its content. */
function windowOf(element: Element): Box {
  const { left, top } = element.getBoundingClientRect()
  const inside = { left: left + element.clientLeft, top: top + element.clientTop }
  return { ...inside, right: inside.left + element.clientWidth, bottom: inside.top + element.clientHeight }
}

function within(box: Box, outer: Box): Box {
  return {
    left: Math.max(box.left, outer.left),
    top: Math.max(box.top, outer.top),
    right: Math.min(box.right, outer.right),
    bottom: Math.min(box.bottom, outer.bottom),
  }
}

const view = (): Box => ({ left: 0, top: 0, right: innerWidth, bottom: innerHeight })

const lostBy = (box: Box, outer: Box, axis: 'x' | 'y'): number =>
  axis === 'x'
    ? Math.max(outer.left - box.left, box.right - outer.right)
    : Math.max(outer.top - box.top, box.bottom - outer.bottom)

/** How much of a box cannot be brought into sight, however it is scrolled, and what takes it away. */
function lossOf(box: Box, clippers: Element[]): { lost: number; by: Element | null; axis: 'x' | 'y' } | null {
  const at = { x: { ...box }, y: { ...box } }
  for (const by of clippers) {
    const style = getComputedStyle(by)
    const shown = windowOf(by)
    for (const axis of ['x', 'y'] as const) {
      const overflow = axis === 'x' ? style.overflowX : style.overflowY
      if (overflow === 'visible') continue
      const scrolls = overflow === 'auto' || overflow === 'scroll'
      const reach = { ...shown }
      if (scrolls && axis === 'x') {
        reach.left -= by.scrollLeft
        reach.right = reach.left + by.scrollWidth
      } else if (scrolls) {
        reach.top -= by.scrollTop
        reach.bottom = reach.top + by.scrollHeight
      }
      const lost = lostBy(at[axis], reach, axis)
      if (lost > slack) return { lost: Math.round(lost), by, axis }
      // What scrolls is brought into its window, so that window must be in sight.
      if (scrolls && lostBy(at[axis], shown, axis) > 0) at[axis] = shown
    }
  }
  for (const axis of ['x', 'y'] as const) {
    const lost = lostBy(at[axis], view(), axis)
    if (lost > slack) return { lost: Math.round(lost), by: null, axis }
  }
  return null
}

/** Scrolls what may be scrolled until the element is in sight. Tells how to undo that. */
function bringIntoSight(element: Element): () => void {
  const before: (() => void)[] = []
  for (const around of clippersOf(element)) {
    const { overflowX, overflowY } = getComputedStyle(around)
    const { scrollLeft, scrollTop } = around
    const box = boxOf(element)
    const shown = within(windowOf(around), view())
    const by = { x: 0, y: 0 }
    if (box.left < shown.left || box.right > shown.right)
      by.x = (box.left + box.right - shown.left - shown.right) / 2
    if (box.top < shown.top || box.bottom > shown.bottom)
      by.y = (box.top + box.bottom - shown.top - shown.bottom) / 2
    if (/auto|scroll/.test(overflowX)) around.scrollLeft += by.x
    if (/auto|scroll/.test(overflowY)) around.scrollTop += by.y
    if (around.scrollLeft !== scrollLeft || around.scrollTop !== scrollTop) {
      before.push(() => around.scrollTo({ left: scrollLeft, top: scrollTop, behavior: 'instant' }))
    }
  }
  return () => {
    for (const back of before) back()
  }
}

/** What lies over the middle of an element or near one of its corners. */
function coverOf(element: Element): Element | null {
  // Of what is larger than its window, the part that is in it.
  const { left, top, right, bottom } = inSight(boxOf(element), element)
  const inset = { x: Math.min(5, (right - left) / 3), y: Math.min(5, (bottom - top) / 3) }
  const points: [number, number][] = [[(left + right) / 2, (top + bottom) / 2]]
  for (const x of [left + inset.x, right - inset.x]) {
    for (const y of [top + inset.y, bottom - inset.y]) points.push([x, y])
  }
  for (const [x, y] of points) {
    const hit = document.elementFromPoint(x, y)
    if (hit !== null && !element.contains(hit) && !hit.contains(element)) return hit
  }
  return null
}

/** The part of the page that a person can use: what lies on top where that keeps the rest out. */
function ground(): Element[] {
  const open = [...document.querySelectorAll('.el-popper[aria-hidden=false]')].filter(isShown)
  if (open.length > 0) return open
  const overlays = [...document.querySelectorAll('.el-overlay')].filter(isShown)
  const top = overlays.at(-1)
  return top === undefined ? [document.body] : [top, ...document.querySelectorAll('.notices')]
}

const inGround = (selector: string): Element[] =>
  ground()
    .flatMap((part) => [...part.querySelectorAll(selector)])
    .filter(isShown)

/** What may be wider than its window: tables, tabs, and a whole screen in a window that is too small for it. */
const wide = 'main, :has(> table.data-table), .el-table *, .el-scrollbar__wrap, .el-tabs__nav-scroll'

/** Whether a control can only be reached by scrolling to the side, which nobody thinks of. */
function isAside(control: Element): boolean {
  const { left, right } = boxOf(control)
  return clippersOf(control).some((by) => {
    if (!/auto|scroll/.test(getComputedStyle(by).overflowX) || by.matches(wide)) return false
    const shown = windowOf(by)
    return Math.max(shown.left - by.scrollLeft - left, right + by.scrollLeft - shown.right) > slack
  })
}

function controlFaults(): string[] {
  const found: string[] = []
  for (const control of inGround(controls)) {
    const loss = lossOf(boxOf(control), clippersOf(control))
    if (loss !== null) {
      found.push(
        `cut off: ${nameOf(control)} by ${loss.lost} px, ${loss.axis}, in ${loss.by === null ? 'the window' : nameOf(loss.by)}`,
      )
      continue
    }
    if (isAside(control)) {
      found.push(`aside: ${nameOf(control)}`)
      continue
    }
    if (getComputedStyle(control).pointerEvents === 'none') continue
    const back = bringIntoSight(control)
    const cover = coverOf(control)
    back()
    if (cover !== null) found.push(`covered: ${nameOf(control)} by ${nameOf(cover)}`)
  }
  return found
}

interface Line {
  text: string
  element: Element
  box: Box
}

/** Each line of text that is shown, with its place. */
function linesOf(part: Element): Line[] {
  const found: Line[] = []
  const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT)
  const range = document.createRange()
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement
    const text = (node.textContent ?? '').trim()
    if (element === null || text === '' || !isShown(element)) continue
    range.selectNodeContents(node)
    for (const { left, top, right, bottom } of range.getClientRects()) {
      if (right - left > 1)
        found.push({ text: text.slice(0, 60), element, box: { left, top, right, bottom } })
    }
  }
  return found
}

/** Where the whole of a text can be read when it is cut off with an ellipsis. */
const isToldElsewhere = (element: Element): boolean =>
  element.closest('[title]:not([title=""]), .el-tooltip__trigger, option') !== null

function textFaults(lines: Line[]): string[] {
  const found = new Set<string>()
  for (const { text, element, box } of lines) {
    const loss = lossOf(
      box,
      [element, ...clippersOf(element)].filter((by) => getComputedStyle(by).overflow !== 'visible'),
    )
    if (loss === null) continue
    const { by, axis, lost } = loss
    const hasEllipsis = by !== null && axis === 'x' && getComputedStyle(by).textOverflow === 'ellipsis'
    if (hasEllipsis && isToldElsewhere(element)) continue
    found.add(
      `text cut off${hasEllipsis ? ' without a title' : ''}: ${nameOf(element)} "${text}" by ${lost} px, ${axis}, in ${by === null ? 'the window' : nameOf(by)}`,
    )
  }
  return [...found]
}

/** The part of a box that is in sight as the page is scrolled now. */
function inSight(box: Box, element: Element): Box {
  const clips =
    getComputedStyle(element).overflow !== 'visible' && getComputedStyle(element).display !== 'inline'
  const around = clips ? [element, ...clippersOf(element)] : clippersOf(element)
  return around.reduce((left, by) => within(left, windowOf(by)), within(box, view()))
}

const overlap = (a: Box, b: Box): boolean =>
  Math.min(a.right, b.right) - Math.max(a.left, b.left) > slack &&
  Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > slack

function overlaps(things: Line[]): string[] {
  const seen = things
    .map((thing) => ({ ...thing, box: inSight(thing.box, thing.element) }))
    .filter(({ box }) => box.right - box.left > slack && box.bottom - box.top > slack)
    .sort((a, b) => a.box.top - b.box.top)
  const found = new Set<string>()
  seen.forEach((one, index) => {
    for (const other of seen.slice(index + 1)) {
      if (other.box.top >= one.box.bottom) break
      if (one.element.contains(other.element) || other.element.contains(one.element)) continue
      if (overlap(one.box, other.box))
        found.add(`overlapping: ${nameOf(one.element)} and ${nameOf(other.element)}`)
    }
  })
  return [...found]
}

/** Pictures and charts: all of each can be brought into sight, and nothing but what belongs to them lies over them. */
function pictureFaults(): string[] {
  const found: string[] = []
  for (const picture of inGround('img, canvas, svg:not(.lucide), .stage-ground')) {
    const { left, top, right, bottom } = boxOf(picture)
    if (right - left < 80 || bottom - top < 60) {
      if (picture.matches('.stage-ground')) found.push(`too small to see: ${nameOf(picture)}`)
      continue
    }
    const loss = lossOf(boxOf(picture), clippersOf(picture))
    if (loss !== null && !picture.matches('.stage-ground canvas')) {
      found.push(
        `picture cut off: ${nameOf(picture)} by ${loss.lost} px, ${loss.axis}, in ${loss.by === null ? 'the window' : nameOf(loss.by)}`,
      )
      continue
    }
    const back = bringIntoSight(picture)
    const cover = coverOf(picture)
    back()
    const own = picture.closest('.stage-ground, figure, button, a, li, .panel') ?? picture.parentElement
    if (cover !== null && own?.contains(cover) !== true)
      found.push(`picture covered: ${nameOf(picture)} by ${nameOf(cover)}`)
  }
  return found
}

function touchFaults(selector: string, least: number): string[] {
  return inGround(selector)
    .map((control) => ({ control, size: control.getBoundingClientRect() }))
    .filter(({ size }) => size.width < least - 0.5 || size.height < least - 0.5)
    .map(
      ({ control, size }) =>
        `too small for a finger: ${nameOf(control)} ${Math.round(size.width)} x ${Math.round(size.height)}`,
    )
}

function faults(touched: string, least: number): string[] {
  const lines = ground().flatMap(linesOf)
  const boxes = inGround(controls).map((element) => ({ text: '', element, box: boxOf(element) }))
  return [
    ...controlFaults(),
    ...textFaults(lines),
    ...overlaps(boxes),
    ...overlaps(lines),
    ...pictureFaults(),
    ...(touched === '' ? [] : touchFaults(touched, least)),
  ]
}

const inPage = [
  boxOf,
  isShown,
  nameOf,
  clippersOf,
  windowOf,
  within,
  lossOf,
  bringIntoSight,
  coverOf,
  isAside,
  ground,
  controlFaults,
  linesOf,
  textFaults,
  inSight,
  overlaps,
  pictureFaults,
  touchFaults,
  faults,
]
  .map(String)
  .concat(
    Object.entries({ view, lostBy, inGround, isToldElsewhere, overlap }).map(
      ([name, body]) => `const ${name} = ${body}`,
    ),
    `const slack = ${slack}, wide = ${JSON.stringify(wide)}, controls = ${JSON.stringify(controls)}`,
  )
  .join('\n')

/** What a finger needs, in pixels. */
const finger = 44

/**
 * Everything that is wrong with the page as it is now.
 * @param touched the controls that fingers must be able to hit, as a selector; none without
 */
export async function geometryFaults(page: Page, touched = ''): Promise<string[]> {
  const found = await page.evaluate(`(() => { ${inPage}
    return faults(${JSON.stringify(touched)}, ${finger}) })()`)
  return z.array(z.string()).parse(found)
}
