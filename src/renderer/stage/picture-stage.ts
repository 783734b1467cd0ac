/**
 * Panes of pictures on one konva stage. Each pane stacks layers of one part (photograph, heat map, mask);
 * all panes share a view. Konva's nodes are changed directly, since the view changes with each frame of a drag.
 */
import Konva from 'konva/lib/Core'
import { Image as KonvaImage } from 'konva/lib/shapes/Image'
import { createGestures, type Frame } from './gestures.ts'
import { type Placement, place, type Size } from './view.ts'

export interface PictureLayer {
  source: CanvasImageSource
  opacity: number
}

export interface Pane {
  id: string
  layers: readonly PictureLayer[]
}

export interface PictureStage {
  /**
   * Panes of one picture, left to right and top to bottom. Painted before the next frame ends.
   * @param swipe two panes lie over each other and meet at this share of the width
   */
  show(picture: Size, panes: readonly Pane[], swipe?: number | null): void
  /** Moves the place where two panes meet. */
  swipe(at: number): void
  clear(): void
  resize(size: Size): void
  fit(): void
  zoom(factor: number): void
  destroy(): void
}

export interface StageEvents {
  /** The view or the layout changed; `frames` are the panes in stage coordinates. */
  onLayout(frames: readonly PaneFrame[], scale: number): void
}

export interface PaneFrame extends Frame {
  id: string
}

const gutter = 1
/** From this enlargement on, pixels are shown as squares and not smoothed. */
const squarePixels = 3

/** Rows and columns for a number of panes in a stage: as square as the stage allows. */
export function frames(panes: readonly { id: string }[], stage: Size): PaneFrame[] {
  const columns = panes.length <= 1 ? 1 : panes.length === 2 && stage.width < stage.height ? 1 : 2
  const rows = Math.max(1, Math.ceil(panes.length / columns))
  const width = (stage.width - gutter * (columns - 1)) / columns
  const height = (stage.height - gutter * (rows - 1)) / rows
  return panes.map(({ id }, i) => ({
    id,
    x: (i % columns) * (width + gutter),
    y: Math.floor(i / columns) * (height + gutter),
    width,
    height,
  }))
}

/** Two panes that lie over each other: the first is seen to the left of the line, the second to the right of it. */
export function swiped(panes: readonly { id: string }[], stage: Size, at: number): PaneFrame[] {
  const line = Math.round(stage.width * at)
  return panes.map(({ id }, i) => ({
    id,
    x: i === 0 ? 0 : line,
    y: 0,
    width: i === 0 ? line : stage.width - line,
    height: stage.height,
  }))
}

export function createPictureStage(container: HTMLDivElement, events: StageEvents): PictureStage {
  const stage = new Konva.Stage({ container, width: 1, height: 1 })
  const canvas = new Konva.Layer({ listening: false })
  stage.add(canvas)

  let picture: Size | null = null
  let panes: readonly Pane[] = []
  /** Where each picture is placed, and where it is seen; these differ only where two lie over each other. */
  let layout: PaneFrame[] = []
  let seen: PaneFrame[] = []
  let meeting: number | null = null
  let groups: { group: Konva.Group; images: KonvaImage[] }[] = []

  /** Nodes are kept from part to part; only their pictures change. */
  function build(): void {
    layOut()
    while (groups.length > panes.length) groups.pop()?.group.destroy()
    panes.forEach((pane, i) => {
      const known = groups[i] ?? { group: new Konva.Group(), images: [] }
      if (groups[i] === undefined) {
        canvas.add(known.group)
        groups.push(known)
      }
      while (known.images.length > pane.layers.length) known.images.pop()?.destroy()
      pane.layers.forEach((layer, j) => {
        const image = known.images[j]
        if (image === undefined) {
          const added = new KonvaImage({ image: undefined })
          known.images.push(added)
          known.group.add(added)
          setLayer(added, layer)
        } else setLayer(image, layer)
      })
    })
    arrange()
  }

  function layOut(): void {
    const size = { width: stage.width(), height: stage.height() }
    layout = meeting === null ? frames(panes, size) : panes.map(({ id }) => ({ id, x: 0, y: 0, ...size }))
    seen = meeting === null ? layout : swiped(panes, size, meeting)
  }

  function setLayer(image: KonvaImage, layer: PictureLayer): void {
    if (picture === null) return
    // Every layer covers the whole part, whatever its own resolution.
    image.setAttrs({
      image: layer.source,
      width: picture.width,
      height: picture.height,
      opacity: layer.opacity,
    })
  }

  function arrange(): void {
    if (picture === null) return
    const first = layout[0]
    if (first === undefined) return
    gestures.limit()
    let scale = 1
    layout.forEach((frame, i) => {
      const at: Placement = place(gestures.view, picture ?? frame, frame)
      scale = at.scale
      const entry = groups[i]
      const visible = seen[i] ?? frame
      if (entry === undefined) return
      entry.group.setAttrs({
        x: frame.x,
        y: frame.y,
        clip: {
          x: visible.x - frame.x,
          y: visible.y - frame.y,
          width: visible.width,
          height: visible.height,
        },
      })
      for (const image of entry.images) {
        image.position({ x: at.x, y: at.y })
        image.scale({ x: at.scale, y: at.scale })
      }
    })
    canvas.imageSmoothingEnabled(scale < squarePixels)
    canvas.batchDraw()
    events.onLayout(seen, scale)
  }

  const gestures = createGestures(container, {
    picture: () => picture,
    frameAt: ({ x, y }) =>
      layout.find((f) => x >= f.x && y >= f.y && x < f.x + f.width && y < f.y + f.height) ??
      layout[0] ??
      null,
    viewChanged: arrange,
  })

  return {
    show(next, nextPanes, swipe = null) {
      // The view is kept for a part of the same size, so that the same spot of the next part is seen.
      if (picture === null || picture.width !== next.width || picture.height !== next.height) gestures.reset()
      picture = next
      panes = nextPanes
      meeting = nextPanes.length === 2 ? swipe : null
      canvas.visible(true)
      build()
    },
    swipe(at) {
      if (meeting === null) return
      meeting = at
      layOut()
      arrange()
    },
    clear() {
      picture = null
      panes = []
      for (const { group } of groups) group.destroy()
      groups = []
      layout = []
      seen = []
      // Chromium may go on showing what was on a canvas that was only cleared, which would be the wrong part.
      canvas.visible(false)
      events.onLayout([], 1)
    },
    resize(size) {
      if (size.width < 1 || size.height < 1) return
      stage.size(size)
      layOut()
      arrange()
    },
    fit: gestures.fit,
    zoom: gestures.zoom,
    destroy() {
      gestures.destroy()
      stage.destroy()
    },
  }
}
