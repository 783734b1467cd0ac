import { toModelInput } from '../../images/model-input.ts'
import type { EngineImage } from '../protocol.ts'
import type { Pixels } from './geometry.ts'

/** How photographs become what the networks see. */
export interface InputMode {
  input: 'whole' | 'tiles'
  size: number
  channels: 1 | 3
  /** Shrinks photographs before tiles are cut; not used in `whole` mode. */
  scale: number
}

/**
 * Decodes one photograph as the networks see it, x in [-1, 1]: scaled to size x size in `whole` mode, by
 * `scale` in `tiles` mode. Throws the refusals of `images/decode.ts`, naming the file.
 */
export async function loadImage(image: EngineImage, mode: InputMode): Promise<Pixels> {
  const white = image.white === null ? {} : { white: image.white }
  return mode.input === 'whole'
    ? toModelInput(image.file, { channels: mode.channels, resize: 'stretch', size: mode.size, ...white })
    : toModelInput(image.file, { channels: mode.channels, resize: 'scale', scale: mode.scale, ...white })
}
