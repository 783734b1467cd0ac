import type { EngineImage } from '../protocol.ts'
import type { Pixels } from './geometry.ts'
import { type InputMode, loadImage } from './load-image.ts'
import { packed, unpack } from './packed-samples.ts'

/** A packed picture and the mask of the pixels that count, which is null where all of them do. */
export interface CachedImage extends Pixels<Uint16Array> {
  inside: Uint8Array | null
}

/** The features of a photograph, and which cells count; null where all do. */
export interface FeatureImage extends Pixels {
  inside: Uint8Array | null
}

/** Whether a picture is seen mirrored from left to right, and from top to bottom. */
export interface Mirroring {
  mirrored: boolean
  upsideDown: boolean
}

/** Where tiles for training are cut from: photographs, or their features. */
export interface TileSource {
  readonly images: readonly EngineImage[]
  /** Whether `load` gives pictures that are mirrored already; otherwise the tiles are. */
  readonly mirrorsPictures: boolean
  load(index: number, mirroring?: Mirroring): Promise<CachedImage | FeatureImage>
  /** Turns what was cut out of such a picture into x, in place. */
  unpack(tile: Float32Array): void
}

/**
 * Decoded training images, as many as fit into `limit` bytes; the others are decoded again each time they are asked
 * for. All images are rounded to 16 bits, whether they are cached or not, so caching changes no result.
 */
export class ImageCache implements TileSource {
  readonly mirrorsPictures = false
  readonly images: readonly EngineImage[]
  readonly #mode: InputMode
  readonly #limit: number
  readonly #kept = new Map<number, CachedImage>()
  #bytes = 0

  constructor(images: readonly EngineImage[], mode: InputMode, limit: number) {
    this.images = images
    // Networks are trained on the picture alone.
    this.#mode = { ...mode, backbone: undefined }
    this.#limit = limit
  }

  unpack(tile: Float32Array): void {
    unpack(tile)
  }

  /** The image at an index of `images`, packed. Whoever cuts a tile out of it has to unpack that tile. */
  async load(index: number): Promise<CachedImage> {
    const kept = this.#kept.get(index)
    if (kept) return kept
    const image = this.images[index]
    if (!image) throw new RangeError(`no image ${index} among ${this.images.length}`)
    const { picture, inside } = await loadImage(image, this.#mode)
    const image16 = { ...picture, data: packed(picture.data), inside }
    const bytes = image16.data.byteLength + (inside?.byteLength ?? 0)
    if (this.#bytes + bytes <= this.#limit) {
      this.#kept.set(index, image16)
      this.#bytes += bytes
    }
    return image16
  }
}
