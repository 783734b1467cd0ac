import { type Pixels, requirePixels } from '../data/geometry.ts'
import {
  type FeatureImage,
  type Mirroring,
  type OnUnreadable,
  ReadableImages,
  type TileSource,
} from '../data/image-cache.ts'
import { type InputMode, loadImage } from '../data/load-image.ts'
import type { EngineImage } from '../protocol.ts'
import { featureImageOf, type Viewed, viewed } from '../scoring/feature-image.ts'
import type { Sight } from '../scoring/tile-scorer.ts'

/** The picture from right to left, or from bottom to top. */
export function mirroredPicture(picture: Pixels, { mirrored, upsideDown }: Mirroring): Pixels {
  if (!mirrored && !upsideDown) return picture
  requirePixels(picture)
  const { width, height, channels } = picture
  const data = new Float32Array(picture.data.length)
  for (let y = 0; y < height; y++) {
    const row = (upsideDown ? height - 1 - y : y) * width
    for (let x = 0; x < width; x++) {
      const from = (row + (mirrored ? width - 1 - x : x)) * channels
      data.set(picture.data.subarray(from, from + channels), (y * width + x) * channels)
    }
  }
  return { ...picture, data }
}

function mirroredView({ forFeatures, insideAt }: Viewed, mirroring: Mirroring): Viewed {
  return {
    forFeatures: mirroredPicture(forFeatures, mirroring),
    insideAt(width, height) {
      const inside = insideAt(width, height)
      if (inside === null) return null
      const mask = { data: Float32Array.from(inside), width, height, channels: 1 }
      return Uint8Array.from(mirroredPicture(mask, mirroring).data)
    },
  }
}

const asItIs: Mirroring = { mirrored: false, upsideDown: false }

const bytesOf = ({ data, inside }: FeatureImage): number => data.byteLength + (inside?.byteLength ?? 0)

export interface FeatureCacheOptions {
  sight: Sight
  /** Bytes. */
  limit: number
  /** Features that were computed before, by the index of their photograph. */
  known?: ReadonlyMap<number, FeatureImage>
  onUnreadable: OnUnreadable
}

/**
 * Features of photographs, as many as fit into `limit` bytes; the others are computed again each time they are asked
 * for. A mirrored photograph has features of its own, which are not the mirrored ones: the backbone tells left from
 * right.
 */
export class FeatureCache implements TileSource {
  readonly images: readonly EngineImage[]
  readonly mirrorsPictures = true
  readonly #mode: InputMode
  readonly #sight: Sight
  readonly #limit: number
  readonly #readable: ReadableImages
  readonly #kept = new Map<string, FeatureImage>()
  #bytes = 0

  constructor(
    images: readonly EngineImage[],
    mode: InputMode,
    { sight, limit, known = new Map(), onUnreadable }: FeatureCacheOptions,
  ) {
    this.#readable = new ReadableImages(images, onUnreadable)
    this.images = images
    this.#mode = mode
    this.#sight = sight
    this.#limit = limit
    for (const [index, features] of known) this.#keep(this.#keyOf(index, asItIs), features)
  }

  unpack(): void {
    // Features are kept as they are.
  }

  /** @throws Failure `photographs-unreadable` where none can be read */
  load(index: number, mirroring: Mirroring = asItIs): Promise<FeatureImage> {
    return this.#readable.from(index, async (at, image) => {
      const key = this.#keyOf(at, mirroring)
      const kept = this.#kept.get(key)
      if (kept) return kept
      const view = viewed(await loadImage(image, this.#mode))
      const features = featureImageOf(this.#sight, mirroredView(view, mirroring))
      this.#keep(key, features)
      return features
    })
  }

  #keyOf(index: number, { mirrored, upsideDown }: Mirroring): string {
    return `${index} ${mirrored} ${upsideDown}`
  }

  #keep(key: string, features: FeatureImage): void {
    const bytes = bytesOf(features)
    if (this.#bytes + bytes > this.#limit) return
    this.#kept.set(key, features)
    this.#bytes += bytes
  }
}
