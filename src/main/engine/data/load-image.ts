import { toModelInput } from '../../images/model-input.ts'
import { createRandom } from '../../random.ts'
import type { EngineImage } from '../protocol.ts'
import type { Pixels } from './geometry.ts'
import { normalizeLocally } from './local-normalization.ts'
import { makeDefect } from './made-defects.ts'

/** How photographs become what the networks see. */
export interface InputMode {
  input: 'whole' | 'tiles'
  size: number
  channels: 1 | 3
  /** Shrinks photographs before tiles are cut; not used in `whole` mode. */
  scale: number
  /** What is done to each photograph before tiles are cut. */
  normalization: 'none' | 'local'
}

export interface LoadedImage {
  /** As the networks see it, x in [-1, 1]. */
  picture: Pixels
  /** The same in its own light: what it was before it was normalized. */
  photograph: Pixels
  /** Brings what the networks make of the picture back to the photograph's light and contrast. */
  inItsLight(y: Pixels): Pixels
}

/**
 * Decodes one photograph as the networks see it, x in [-1, 1]: scaled to size x size in `whole` mode, by
 * `scale` in `tiles` mode, with the defect that is to be made on it, then normalized. Every path that trains,
 * chooses, calibrates or scores comes here. Throws the refusals of `images/decode.ts`, naming the file.
 */
export async function loadImage(image: EngineImage, mode: InputMode): Promise<LoadedImage> {
  const photograph = await withMadeDefect(await decode(image, mode), image, mode)
  if (mode.normalization === 'local') {
    return { photograph, ...normalizeLocally(photograph, mode.size) }
  }
  return { picture: photograph, photograph, inItsLight: (y) => y }
}

async function decode(image: Pick<EngineImage, 'file' | 'white'>, mode: InputMode): Promise<Pixels> {
  const white = image.white === null ? {} : { white: image.white }
  return mode.input === 'whole'
    ? toModelInput(image.file, { channels: mode.channels, resize: 'stretch', size: mode.size, ...white })
    : toModelInput(image.file, { channels: mode.channels, resize: 'scale', scale: mode.scale, ...white })
}

async function withMadeDefect(picture: Pixels, { made }: EngineImage, mode: InputMode): Promise<Pixels> {
  if (made === undefined) return picture
  // Only a pasted patch is cut from another photograph.
  const donor = made.type === 'paste' ? await decode(made.donor, mode) : picture
  return makeDefect(picture, made.type, createRandom(made.seed, made.name), donor).picture
}
