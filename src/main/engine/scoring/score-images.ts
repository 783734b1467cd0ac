/**
 * Scores photographs of any size with a tile scorer: they are decoded ahead, tiles of several photographs fill a
 * batch, and the results are blended back. Only a few photographs are in memory, however many there are.
 */

import { failureData } from '../../../shared/failure.ts'
import { type Message, message } from '../../../shared/messages/message.ts'
import { requireLength } from '../../platform/array-bounds.ts'
import {
  countInside,
  cutInside,
  cutTile,
  type Pixels,
  resample,
  sumOfPictures,
  TileBlend,
  type TilePosition,
  tileGrid,
} from '../data/geometry.ts'
import { type InputMode, type LoadedImage, loadImage } from '../data/load-image.ts'
import type { EngineImage } from '../protocol.ts'
import { cellMap } from './distance-map.ts'
import { featureImageOf, viewed } from './feature-image.ts'
import {
  type NamedMeasure,
  type SeenPhotograph,
  type Sight,
  type TileScorer,
  tileComponentsOf,
} from './tile-scorer.ts'

/** How many photographs are decoded in advance. */
const ahead = 4

/** What scoring says about one photograph. */
export interface ScoredPicture {
  image: EngineImage
  tiles: number
  /** [tiles, components], row-major. */
  components: Float32Array
  /** Null where nothing draws a map. */
  pictures: {
    /** |x - G(E(x))| per pixel, or what the run draws in its place, at the photograph's own size. */
    map: Pixels
    /** G(E(x)) at the photograph's own size and in its light, in [-1, 1]; null where there is none. */
    reconstruction: Pixels | null
  } | null
  warnings: Message[]
}

export interface RefusedPicture {
  image: EngineImage
  /** Of the topic `failure`. */
  why: Message
}

/** A photograph whose tiles are being scored. */
class OpenPicture {
  readonly image: EngineImage
  readonly loaded: LoadedImage
  /** What its tiles are cut from. */
  readonly cut: CutPicture
  readonly positions: TilePosition[]
  readonly components: Float32Array
  readonly #map: TileBlend
  /** Null where tiles are of features: what is restored is no picture. */
  readonly #reconstruction: TileBlend | null
  /** Components of a tile. */
  readonly #width: number
  #left: number
  #restored = false

  constructor(
    image: EngineImage,
    loaded: LoadedImage,
    cut: CutPicture,
    positions: TilePosition[],
    side: number,
    components: number,
  ) {
    this.#width = components
    const { picture } = cut
    this.image = image
    this.loaded = loaded
    this.cut = cut
    this.positions = positions
    this.components = new Float32Array(positions.length * components)
    this.#map = new TileBlend(picture.width, picture.height, 1, side)
    this.#reconstruction = cut.stride
      ? null
      : new TileBlend(picture.width, picture.height, picture.channels, side, this.#map)
    this.#left = positions.length
  }

  add(
    tile: number,
    components: Float32Array,
    pictures: { map: Float32Array; reconstruction: Float32Array } | null,
  ): void {
    const position = this.positions[tile]
    if (!position) throw new RangeError(`no tile ${tile} of ${this.positions.length}`)
    this.components.set(components, tile * this.#width)
    if (pictures) {
      this.#map.add(pictures.map, position)
      this.#reconstruction?.add(pictures.reconstruction, position)
      this.#restored = true
    }
    this.#left -= 1
  }

  /** The map of the tiles, in the size of the photograph as it was loaded. */
  #blendedMap(): Pixels {
    const { stride } = this.cut
    const map = this.#map.finish()
    if (stride === null) return map
    const { width, height } = this.loaded.picture
    return cellMap({ data: map.data, rows: map.height, columns: map.width, side: stride }, width, height)
  }

  get done(): boolean {
    return this.#left === 0
  }

  finish(
    side: number,
    input: InputMode['input'],
    { ofPhotograph, observe, searched, onlyWhole }: FinishOptions,
  ): ScoredPicture {
    const { image } = this
    const { picture, photograph, inItsLight, inside, insideAt, forFeatures, aboveWhite } = this.loaded
    const reconstruction =
      this.#restored && this.#reconstruction
        ? asOutside(inItsLight(this.#reconstruction.finish()), photograph, inside)
        : null
    const seen: SeenPhotograph = { photograph, reconstruction, inside, insideAt, forFeatures }
    observe?.(seen, image)
    const measured = ofPhotograph.map((measure) => measure.measure(seen))
    const values = measured.flatMap((of) => of.values)
    for (const [i, value] of values.entries()) {
      // The last components are those of the whole photograph, the same on each of its tiles.
      const column = this.#width - values.length + i
      for (let at = column; at < this.components.length; at += this.#width) this.components[at] = value
    }
    const drawn = measured.flatMap(({ map }) => map ?? [])
    const blended = this.#restored ? () => this.#blendedMap() : null
    const map =
      drawn.length > 0
        ? () => sumOfPictures(drawn.map((draw) => draw(picture.width, picture.height)))
        : blended
    const missed = searched && inside === null
    const small = !onlyWhole && input === 'tiles' && (picture.width < side || picture.height < side)
    const warnings: Message[] = []
    if (small) warnings.push(message('smaller-than-tile'))
    if (missed) warnings.push(message('no-part-found'))
    if (aboveWhite !== null) {
      warnings.push(message('above-white', { value: aboveWhite, white: image.white ?? aboveWhite }))
    }
    return {
      image,
      tiles: this.positions.length,
      components: this.components,
      // The observer got what it needs; pictures of full size are not made for it.
      pictures:
        map && !observe
          ? {
              map: zeroOutside(
                resample(map(), image.width, image.height),
                insideAt(image.width, image.height),
              ),
              reconstruction: reconstruction && resample(reconstruction, image.width, image.height),
            }
          : null,
      warnings,
    }
  }
}

/** The picture that tiles are cut from, and which of its pixels, or cells, count; null where all do. */
interface CutPicture {
  picture: Pixels
  inside: Uint8Array | null
  /** Pixels of the photograph from one cell to the next; null where the picture is the photograph. */
  stride: number | null
}

function cutPictureOf(loaded: LoadedImage, sight: Sight | undefined): CutPicture {
  if (sight === undefined) return { picture: loaded.picture, inside: loaded.inside, stride: null }
  const { inside, ...picture } = featureImageOf(sight, viewed(loaded))
  return { picture, inside, stride: sight.stride }
}

/**
 * The reconstruction, with the photograph itself wherever pixels do not count, so that no difference remains there.
 */
function asOutside(reconstruction: Pixels, photograph: Pixels, inside: Uint8Array | null): Pixels {
  if (inside === null) return reconstruction
  const { channels } = photograph
  requireLength(photograph.data, reconstruction.data.length, 'Samples of a photograph')
  const data = Float32Array.from(photograph.data)
  for (const [i, value] of reconstruction.data.entries()) {
    if (inside[Math.floor(i / channels)] === 1) data[i] = value
  }
  return { ...reconstruction, data }
}

function zeroOutside(map: Pixels, inside: Uint8Array | null): Pixels {
  if (inside === null) return map
  return { ...map, data: map.data.map((value, i) => (inside[i] === 1 ? value : 0)) }
}

/**
 * The tiles in which at least one pixel counts. Where there is none, all tiles, since a photograph must have a score.
 */
function tilesOn({ picture, inside }: CutPicture, side: number, overlap: number): TilePosition[] {
  const all = tileGrid(picture.width, picture.height, side, overlap)
  if (inside === null) return all
  const some = all.filter((position) => countInside(inside, picture, position, side) > 0)
  return some.length > 0 ? some : all
}

/** The place that stands for the whole photograph, where no tiles are cut. */
const wholeAlone: TilePosition[] = [{ left: 0, top: 0 }]

interface FinishOptions {
  /** Whether the part was searched for on the photograph. */
  searched: boolean
  ofPhotograph: readonly NamedMeasure[]
  onlyWhole: boolean
  /** Called with each photograph; pictures of full size are then not made. */
  observe?: ((seen: SeenPhotograph, image: EngineImage) => void) | undefined
}

export interface ScoreImagesOptions extends Pick<FinishOptions, 'observe'> {
  scorer: TileScorer
  mode: InputMode
  overlap: number
}

/** Yields each photograph as its last tile is scored, in the order given; refused ones in their place or before. */
export async function* scoreImages(
  images: readonly EngineImage[],
  { scorer, mode, overlap, observe }: ScoreImagesOptions,
): AsyncGenerator<ScoredPicture | RefusedPicture> {
  const { size, channels, batch, componentNames, ofPhotograph = [], onlyWhole = false, sight } = scorer
  const length = size * size * channels
  const buffer = new Float32Array(batch * length)
  const counted = new Uint8Array(batch * size * size)
  const hasRegion = mode.regionOfInterest !== undefined && mode.regionOfInterest.kind !== 'none'
  const searched = mode.regionOfInterest?.kind === 'found'
  let slots: { open: OpenPicture; tile: number }[] = []
  const open: OpenPicture[] = []

  const flush = (): ScoredPicture[] => {
    buffer.fill(0, slots.length * length)
    const { components, pictures } = scorer.score(buffer, hasRegion ? counted : null)
    const width = tileComponentsOf(scorer).length
    for (const [slot, { open: picture, tile }] of slots.entries()) {
      picture.add(
        tile,
        components.subarray(slot * width, (slot + 1) * width),
        pictures && {
          map: pictures.map.subarray(slot * size * size, (slot + 1) * size * size),
          reconstruction: pictures.reconstruction.subarray(slot * length, (slot + 1) * length),
        },
      )
    }
    slots = []
    const finished: ScoredPicture[] = []
    while (open[0]?.done) {
      const picture = open.shift()
      if (picture)
        finished.push(picture.finish(size, mode.input, { ofPhotograph, observe, searched, onlyWhole }))
    }
    return finished
  }

  for await (const loaded of decodeAhead(images, mode)) {
    if ('why' in loaded) {
      yield loaded
      continue
    }
    const cut = cutPictureOf(loaded.loaded, sight)
    const { picture: x, inside } = cut
    const positions = onlyWhole ? wholeAlone : tilesOn(cut, size, overlap)
    const picture = new OpenPicture(loaded.image, loaded.loaded, cut, positions, size, componentNames.length)
    open.push(picture)
    for (const [tile, position] of positions.entries()) {
      if (!onlyWhole)
        cutTile(x, position, size, buffer.subarray(slots.length * length, (slots.length + 1) * length))
      if (hasRegion) {
        const tileOf = counted.subarray(slots.length * size * size, (slots.length + 1) * size * size)
        if (inside === null) tileOf.fill(1)
        else cutInside(inside, x, position, size, tileOf)
      }
      slots.push({ open: picture, tile })
      if (slots.length === batch) {
        yield* flush()
        // Gives a message to cancel a chance to arrive between two batches.
        await new Promise<void>((resolve) => setImmediate(resolve))
      }
    }
  }
  if (slots.length > 0) yield* flush()
}

type Loaded = { image: EngineImage; loaded: LoadedImage } | RefusedPicture

async function* decodeAhead(images: readonly EngineImage[], mode: InputMode): AsyncGenerator<Loaded> {
  const load = async (image: EngineImage): Promise<Loaded> => {
    try {
      return { image, loaded: await loadImage(image, mode) }
    } catch (error) {
      return { image, why: failureData(error) }
    }
  }
  const queue: Promise<Loaded>[] = []
  for (const image of images) {
    queue.push(load(image))
    if (queue.length > ahead) {
      const first = queue.shift()
      if (first) yield await first
    }
  }
  for (const rest of queue) yield await rest
}
