import { Failure } from '../../../shared/failure.ts'
import { ImageRefusal } from '../../images/refusal.ts'
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

/** Called once for each photograph that cannot be read any more. */
export type OnUnreadable = (image: EngineImage, refusal: ImageRefusal) => void

/**
 * Photographs of which some may have been damaged since their import. These are left out: the next one that can be read
 * takes the place of each. Which that is depends on the files alone, so a resumed training sees the same.
 */
export class ReadableImages {
  readonly #images: readonly EngineImage[]
  readonly #onUnreadable: OnUnreadable
  readonly #unreadable = new Set<number>()

  constructor(images: readonly EngineImage[], onUnreadable: OnUnreadable) {
    this.#images = images
    this.#onUnreadable = onUnreadable
  }

  /**
   * What `read` gives for the photograph at an index, or for the next one that can be read.
   * @throws Failure `photographs-unreadable` where none can be read
   */
  async from<T>(index: number, read: (at: number, image: EngineImage) => Promise<T>): Promise<T> {
    const count = this.#images.length
    if (index < 0 || index >= count) throw new RangeError(`no image ${index} among ${count}`)
    for (let further = 0; further < count; further++) {
      const at = (index + further) % count
      const image = this.#images[at]
      if (image === undefined || this.#unreadable.has(at)) continue
      try {
        return await read(at, image)
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
  readonly #readable: ReadableImages
  readonly #kept = new Map<number, CachedImage>()
  #bytes = 0

  constructor(
    images: readonly EngineImage[],
    mode: InputMode,
    limit: number,
    onUnreadable: OnUnreadable = () => undefined,
  ) {
    this.images = images
    this.#readable = new ReadableImages(images, onUnreadable)
    // Networks are trained on the picture alone.
    this.#mode = { ...mode, backbone: undefined }
    this.#limit = limit
  }

  unpack(tile: Float32Array): void {
    unpack(tile)
  }

  /**
   * The image at an index of `images`, packed. Whoever cuts a tile out of it has to unpack that tile.
   * @throws Failure `photographs-unreadable` where none can be read
   */
  load(index: number): Promise<CachedImage> {
    return this.#readable.from(
      index,
      async (at, image) => this.#kept.get(at) ?? (await this.#read(at, image)),
    )
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
