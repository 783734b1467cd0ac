/** CVAT's own XML, "CVAT for images 1.1" and "CVAT for video 1.1": what it says of each photograph. */
import { childOf, textIn, type XmlElement } from '../../platform/xml.ts'

export interface CvatImage {
  name: string
  /** The name is that of a frame of a video, without an ending. */
  isFrame: boolean
  /** The part of a project that it belongs to, such as "Train". */
  subset: string | null
  width: string | null
  height: string | null
  /** What was drawn on it, the lowest first. */
  shapes: XmlElement[]
  /** Words for the whole photograph. */
  tags: string[]
}

const layer = (shape: XmlElement): number => Number(shape.attributes.get('z_order') ?? 0) || 0

/** Null for a document of another kind. */
export function cvatImages(root: XmlElement): CvatImage[] | null {
  if (root.name !== 'annotations') return null
  const images = root.children.flatMap((element): CvatImage[] => {
    const name = element.attributes.get('name') ?? ''
    if (element.name !== 'image' || name === '') return []
    const tags = element.children.filter((child) => child.name === 'tag')
    return [
      {
        name,
        isFrame: false,
        subset: element.attributes.get('subset') ?? null,
        width: element.attributes.get('width') ?? null,
        height: element.attributes.get('height') ?? null,
        shapes: element.children
          .filter((child) => child.name !== 'tag')
          .toSorted((a, b) => layer(a) - layer(b)),
        tags: tags.flatMap((tag) => tag.attributes.get('label')?.trim() || []),
      },
    ]
  })
  return [...images, ...framesOf(root)]
}

/** The first element of this name, at any depth. */
function descendant(element: XmlElement, name: string): XmlElement | undefined {
  return childOf(element, name) ?? element.children.map((child) => descendant(child, name)).find(Boolean)
}

/**
 * The frames of a video: a track has a shape for each frame in which its object is seen. CVAT calls the pictures of
 * frames frame_000000 and on.
 */
function framesOf(root: XmlElement): CvatImage[] {
  const meta = childOf(root, 'meta')
  const size = meta && descendant(meta, 'original_size')
  const frames = new Map<string, XmlElement[]>()
  for (const track of root.children) {
    if (track.name !== 'track') continue
    for (const shape of track.children) {
      if (shape.attributes.get('outside') === '1') continue
      const frame = shape.attributes.get('frame')?.trim() ?? ''
      const attributes = new Map([...shape.attributes, ['label', track.attributes.get('label') ?? '']])
      const known = frames.get(frame) ?? []
      frames.set(frame, known)
      known.push({ ...shape, attributes })
    }
  }
  return [...frames].map(([frame, shapes]) => ({
    name: `frame_${frame.padStart(6, '0')}`,
    isFrame: true,
    subset: null,
    width: size ? textIn(size, 'width') : null,
    height: size ? textIn(size, 'height') : null,
    shapes: shapes.toSorted((a, b) => layer(a) - layer(b)),
    tags: [],
  }))
}
