/** CVAT's own XML, "CVAT for images 1.1": what it says of each photograph. */
import type { XmlElement } from '../../platform/xml.ts'

export interface CvatImage {
  name: string
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

/** Null for a document of another kind. `tracks` are objects of a video, which name no photograph. */
export function cvatImages(root: XmlElement): { images: CvatImage[]; tracks: number } | null {
  if (root.name !== 'annotations') return null
  const images = root.children.flatMap((element): CvatImage[] => {
    const name = element.attributes.get('name') ?? ''
    if (element.name !== 'image' || name === '') return []
    const tags = element.children.filter((child) => child.name === 'tag')
    return [
      {
        name,
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
  return { images, tracks: root.children.filter(({ name }) => name === 'track').length }
}
