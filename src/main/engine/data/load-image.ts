import type { RegionOfInterest } from '../../../shared/region-of-interest.ts'
import { stepBelow } from '../../images/full-scale.ts'
import { robustPeak } from '../../images/gray-levels.ts'
import { type Resizing, toModelInput } from '../../images/model-input.ts'
import { fillOutside, type Inside, insideAt, insideOf } from '../../images/region-of-interest.ts'
import { leastFeatureSide } from '../../model/parameters.ts'
import { createRandom } from '../../platform/random.ts'
import type { EngineImage } from '../protocol.ts'
import { inThreeChannels, type Pixels } from './geometry.ts'
import { normalizeLocally } from './local-normalization.ts'
import { makeDefect } from './made-defects.ts'

/** How photographs become what the networks see. */
export interface InputMode {
  input: 'whole' | 'tiles' | 'features'
  size: number
  channels: 1 | 3
  /** Shrinks photographs before tiles are cut; only used in `tiles` mode. */
  scale: number
  /** How photographs are made smaller. */
  resizing: Resizing
  /** What is done to each photograph before tiles are cut; not used in `features` mode. */
  normalization: 'none' | 'local'
  /** The backbone whose features are taken; none where it is left out. */
  backbone?: string | undefined
  /** Shrinks photographs before features are taken; a training chooses it first where it is `auto`. */
  featureScale?: number | 'auto' | undefined
  /** Which part of each photograph counts; where it is left out, all of it. */
  regionOfInterest?: RegionOfInterest | undefined
}

export interface LoadedImage {
  /** The picture as the networks see it, x in [-1, 1]. */
  picture: Pixels
  /** The same picture before it was normalized, with the light and contrast of the photograph. */
  photograph: Pixels
  /** Turns a picture that the networks made back into the light and contrast of the photograph. */
  inItsLight(y: Pixels): Pixels
  /** In the size in which features are taken, three channels in [-1, 1]; null where there is no backbone. */
  forFeatures: Pixels | null
  /** Which pixels count, in the size of the picture; null where all do. */
  inside: Uint8Array | null
  /** The same mask, scaled to another size. */
  insideAt(width: number, height: number): Uint8Array | null
  /** The value that the photograph reaches, where that lies above white and was cut; else null. */
  aboveWhite: number | null
}

/** The value that pixels outside the region of interest are filled with: x = 0, half of white. */
const ground = 0

/**
 * Decodes one photograph as the networks see it, x in [-1, 1]: what lies outside the region of interest filled, scaled
 * to size x size in `whole` mode, by `scale` in `tiles` mode, by `featureScale` in `features` mode, with the defect
 * that is to be made on it, then normalized. Every path that trains, chooses, calibrates or scores comes here. Throws the
 * refusals of `images/decode.ts`, naming the file.
 */
export async function loadImage(image: EngineImage, wanted: InputMode): Promise<LoadedImage> {
  const mode = wanted.input === 'features' ? asTheBackboneSees(image, wanted) : wanted
  return loadedFrom(image, mode, await decode(image, mode))
}

/** The same photograph with each of several defects, or none, decoded once. */
export async function loadVariants(
  image: EngineImage,
  mode: InputMode,
  defects: readonly EngineImage['made'][],
): Promise<LoadedImage[]> {
  const decoded = await decode(image, mode)
  const variants: LoadedImage[] = []
  for (const made of defects) variants.push(await loadedFrom({ ...image, made }, mode, decoded))
  return variants
}

async function loadedFrom(
  image: EngineImage,
  mode: InputMode,
  { picture: scaled, region, aboveWhite }: Decoded,
): Promise<LoadedImage> {
  const inside = region && insideAt(region, scaled.width, scaled.height)
  const photograph = inGround(await withMadeDefect(scaled, inside, image, mode), inside)
  const regionAt = {
    aboveWhite,
    forFeatures: await pictureForFeatures(image, mode, photograph),
    inside,
    insideAt: (width: number, height: number) => region && insideAt(region, width, height),
  }
  if (mode.normalization === 'local') {
    const { picture, ...normalized } = normalizeLocally(photograph, mode.size)
    return { photograph, ...normalized, picture: inGround(picture, inside), ...regionAt }
  }
  return { picture: photograph, photograph, inItsLight: (y) => y, ...regionAt }
}

/** By how much the photograph is scaled for the backbone. */
function featureFactor(image: EngineImage, { featureScale = 1 }: InputMode): number {
  if (featureScale === 'auto') {
    throw new TypeError('the scale of features is chosen before photographs are read')
  }
  return Math.min(1, Math.max(featureScale, leastFeatureSide / Math.min(image.width, image.height)))
}

/** Where networks see features, the picture is the one that features are taken of. */
const asTheBackboneSees = (image: EngineImage, mode: InputMode): InputMode => ({
  ...mode,
  input: 'tiles',
  scale: featureFactor(image, mode),
  normalization: 'none',
})

/** The photograph as the backbone sees it; the picture of the networks where that is the same. */
async function pictureForFeatures(
  image: EngineImage,
  mode: InputMode,
  photograph: Pixels,
): Promise<Pixels | null> {
  const { backbone = 'none', input, scale, channels } = mode
  if (backbone === 'none') return null
  const factor = featureFactor(image, mode)
  if (input === 'tiles' && scale === factor) return inThreeChannels(photograph)
  const own: InputMode = { ...mode, input: 'tiles', scale: factor, channels, backbone: 'none' }
  return inThreeChannels((await loadImage(image, { ...own, normalization: 'none' })).photograph)
}

interface Decoded {
  picture: Pixels
  region: Inside | null
  aboveWhite: number | null
}

async function decode(image: Pick<EngineImage, 'file' | 'white'>, mode: InputMode): Promise<Decoded> {
  const { input, size, scale, channels, resizing, regionOfInterest } = mode
  let region: Inside | null = null
  let aboveWhite: number | null = null
  const picture = await toModelInput(image.file, {
    channels,
    resizing,
    ...(image.white === null ? {} : { white: image.white }),
    ...(input === 'whole' ? { resize: 'stretch', size } : { resize: 'scale', scale }),
    prepare(decoded, white) {
      // The white of 8 bits is the most that they can hold.
      const peak = image.white === null ? 0 : robustPeak(decoded)
      if (peak > white) aboveWhite = peak
      if (regionOfInterest === undefined) return
      region = insideOf(regionOfInterest, decoded)
      // The outside is filled before the picture is scaled, so that nothing of it is mixed into the pixels at the
      // edge.
      if (region === null) return
      const all = insideAt(region, decoded.width, decoded.height)
      // To a value that the camera has: the same, whether its values are aligned to the lower or the upper end.
      const step = stepBelow(white)
      const level = Math.round((((ground + 1) / 2) * white) / step) * step
      fillOutside(decoded, decoded.data, all, level)
    },
  })
  return { picture, region, aboveWhite }
}

/** The picture with the fill value at each pixel that does not count; the picture itself where all of them count. */
function inGround(picture: Pixels, inside: Uint8Array | null): Pixels {
  if (inside === null) return picture
  const data = Float32Array.from(picture.data)
  const { width, height, channels } = picture
  fillOutside({ width, height, channels: channels === 3 ? 3 : 1 }, data, inside, ground)
  return { ...picture, data }
}

/** How often a defect is drawn, at most, until it lies where pixels count. */
const mostDraws = 50

async function withMadeDefect(
  picture: Pixels,
  inside: Uint8Array | null,
  { made }: EngineImage,
  mode: InputMode,
): Promise<Pixels> {
  if (made === undefined) return picture
  // Only a pasted patch is cut from another photograph.
  const donor = made.type === 'paste' ? (await decode(made.donor, mode)).picture : picture
  const random = createRandom(made.seed, made.name)
  for (let draw = 1; ; draw++) {
    const defect = makeDefect(picture, made.type, random, donor)
    if (inside === null || draw === mostDraws || liesInside(defect.mask, inside)) return defect.picture
  }
}

/** Whether at least half of a defect counts. */
function liesInside(mask: Float32Array, inside: Uint8Array): boolean {
  let [all, counted] = [0, 0]
  for (const [i, amount] of mask.entries()) {
    all += amount
    if (inside[i] === 1) counted += amount
  }
  return counted >= all / 2
}
