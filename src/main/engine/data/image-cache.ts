import { Failure } from '../../../shared/failure.ts'
import { ImageRefusal } from '../../images/refusal.ts'
import type { EngineImage } from '../protocol.ts'
import type { Pixels } from './geometry.ts'
import { type InputMode, loadImage } from './load-image.ts'
import { packed } from './packed-samples.ts'

/** A packed picture and the mask of the pixels that count, which is null where all of them do. */
export interface CachedImage extends Pixels<Uint16Array> {
  inside: Uint8Array | null
}

/** Called once for each photograph that cannot be read any more. */
export type OnUnreadable = (image: EngineImage, refusal: ImageRefusal) => void

/**
 * Decoded training images, as many as fit into `limit` bytes; the others are decoded again each time they are asked
 * for. All images are rounded to 16 bits, whether they are cached or not, so caching changes no result.
 *
 * A photograph that was damaged since its import is left out: the next one that can be read takes its place. Which that
 * is depends on the files alone, so a resumed training sees the same.
 */
export class ImageCache {
  readonly images: readonly EngineImage[]
  readonly #mode: InputMode
  readonly #limit: number
  readonly #onUnreadable: OnUnreadable
  readonly #kept = new Map<number, CachedImage>()
  readonly #unreadable = new Set<number>()
  #bytes = 0

  constructor(
    images: readonly EngineImage[],
    mode: InputMode,
    limit: number,
    onUnreadable: OnUnreadable = () => undefined,
  ) {
    this.#onUnreadable = onUnreadable
    this.images = images
    // Networks are trained on the picture alone.
    this.#mode = { ...mode, backbone: undefined }
    this.#limit = limit
  }

  /**
   * The image at an index of `images`, packed. Whoever cuts a tile out of it has to `unpack` that tile.
   * @throws Failure `photographs-unreadable` where none can be read
   */
  async load(index: number): Promise<CachedImage> {
    const count = this.images.length
    if (index < 0 || index >= count) throw new RangeError(`no image ${index} among ${count}`)
    for (let further = 0; further < count; further++) {
      const at = (index + further) % count
      const image = this.images[at]
      if (image === undefined || this.#unreadable.has(at)) continue
      try {
        return this.#kept.get(at) ?? (await this.#read(at, image))
      } catch (error) {
        if (!(error instanceof ImageRefusal)) throw error
        // Another batch may have found it meanwhile.
        if (this.#unreadable.has(at)) continue
        this.#unreadable.add(at)
        this.#onUnreadable(image, error)
      }
    }
    throw new Failure('photographs-unreadable', { count })
  }

  async #read(index: number, image: EngineImage): Promise<CachedImage> {
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
