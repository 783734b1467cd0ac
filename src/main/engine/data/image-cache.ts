import type { EngineImage } from '../protocol.ts'
import type { Pixels } from './geometry.ts'
import { type InputMode, loadImage } from './load-image.ts'

const steps = 65_535

/** Samples at 16 bits: half the memory of floats, and finer than any camera. */
function pack(picture: Pixels): Pixels<Uint16Array> {
  const data = new Uint16Array(picture.data.length)
  for (let i = 0; i < data.length; i++) data[i] = Math.round((((picture.data[i] ?? 0) + 1) / 2) * steps)
  return { ...picture, data }
}

/** A packed picture, and where its pixels count; null where all do. */
export interface CachedImage extends Pixels<Uint16Array> {
  inside: Uint8Array | null
}

/** Turns packed samples back into x in [-1, 1], in place. */
export function unpack(samples: Float32Array): void {
  for (let i = 0; i < samples.length; i++) samples[i] = ((samples[i] ?? 0) / steps) * 2 - 1
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
    const packed = { ...pack(picture), inside }
    const bytes = packed.data.byteLength + (inside?.byteLength ?? 0)
    if (this.#bytes + bytes <= this.#limit) {
      this.#kept.set(index, packed)
      this.#bytes += bytes
    }
    return packed
  }
}
