import type { EngineImage } from '../protocol.ts'
import type { Pixels } from './geometry.ts'
import { type InputMode, loadImage } from './load-image.ts'
import { packed } from './packed-samples.ts'

/** A packed picture, and where its pixels count; null where all do. */
export interface CachedImage extends Pixels<Uint16Array> {
  inside: Uint8Array | null
}

/**
 * Decoded training images, as many as `limit` bytes hold; the others are decoded again when they are asked
 * for. Every image passes through the same 16 bits, so that what is cached makes no difference to a result.
 */
export class ImageCache {
  readonly images: readonly EngineImage[]
  readonly #mode: InputMode
  readonly #limit: number
  readonly #kept = new Map<number, CachedImage>()
  #bytes = 0

  constructor(images: readonly EngineImage[], mode: InputMode, limit: number) {
    this.images = images
    this.#mode = mode
    this.#limit = limit
  }

  /** The image at an index of `images`, packed; `unpack` what is cut from it. */
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
