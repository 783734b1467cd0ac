import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import PQueue from 'p-queue'
import sharp, { type Sharp } from 'sharp'
import type { Image } from '../../shared/image.ts'
import { renamePatiently } from '../platform/patient-rename.ts'
import { decodeImage } from './decode.ts'
import { decodeInTurn } from './decoder-turns.ts'
import { refusalOf } from './decoder-words.ts'
import { fullScale } from './full-scale.ts'

/** The columns of an image that are needed to show it. */
export type Shown = Pick<Image, 'sha256' | 'format' | 'bitDepth' | 'peak' | 'warnings'>

export interface DisplayOptions {
  /** The original's path. */
  source: string
  image: Shown
  /** Folder of the cache, which can be deleted at any time. */
  cache: string
  /** The sample value shown as white; if left out, it is taken from the image alone. */
  white?: number
}

// Decoding for display must leave threads to other work.
const queue = new PQueue({ concurrency: 2 })

/**
 * Whether a browser shows the original in the same way as the model sees it. Browsers differ in TIFF and BMP, and
 * they show 16 bits, transparency and CMYK in their own way; such images have a bit depth of 16 or a warning.
 */
export function isDisplayable(image: Shown): boolean {
  return image.bitDepth === 8 && ['png', 'jpeg', 'webp'].includes(image.format) && image.warnings.length === 0
}

/** The image, upright and 8-bit, as a sharp pipeline. */
async function eightBit({ source, image, white }: DisplayOptions): Promise<Sharp> {
  if (isDisplayable(image)) return sharp(source, { ignoreIcc: true }).autoOrient()
  const { data, width, height, channels } = await decodeImage(source)
  const top = white ?? fullScale(image.bitDepth, image.peak)
  if (data instanceof Uint8Array) return sharp(data, { raw: { width, height, channels } })
  const samples = new Uint8Array(data.length)
  for (let i = 0; i < samples.length; i++) samples[i] = Math.min(255, Math.round((data[i] * 255) / top))
  return sharp(samples, { raw: { width, height, channels } })
}

/** Returns the cached file, made by `make` if it is not there yet. */
async function cached(file: string, make: () => Promise<Buffer>): Promise<string> {
  if (existsSync(file)) return file
  return queue.add(async () => {
    if (existsSync(file)) return file
    await mkdir(dirname(file), { recursive: true })
    const partial = `${file}.${randomUUID()}.part`
    try {
      await writeFile(partial, await make())
      await renamePatiently(partial, file)
    } finally {
      await rm(partial, { force: true })
    }
    return file
  })
}

const suffix = ({ image, white }: DisplayOptions): string =>
  image.bitDepth === 16 && white !== undefined ? `-${white}` : ''

/**
 * Path of a thumbnail: WebP, 8-bit, upright, at most `size` pixels on each side, never enlarged.
 * @throws ImageRefusal where the original cannot be decoded any more
 */
export function thumbnail(options: DisplayOptions, size = 256): Promise<string> {
  const { cache, image } = options
  const name = `${image.sha256}-${size}${suffix(options)}.webp`
  return cached(join(cache, 'thumbnails', image.sha256.slice(0, 2), name), async () => {
    const pixels = await eightBit(options)
    const scaled = pixels.resize(size, size, { fit: 'inside', withoutEnlargement: true })
    const picture = scaled.webp({ quality: 82, effort: 2 })
    // Where it is read from its file, the file may have been damaged since its import.
    return decodeInTurn(() => picture.clone().toBuffer()).catch((error: unknown) => {
      throw refusalOf(error)
    })
  })
}

/**
 * Path of a file that a browser shows in the same way as the model sees the image: the original where that is
 * possible, else an 8-bit PNG of the same size.
 * @throws ImageRefusal where the original cannot be decoded any more
 */
export async function displayImage(options: DisplayOptions): Promise<string> {
  const { cache, image, source } = options
  if (isDisplayable(image)) return source
  const name = `${image.sha256}${suffix(options)}.png`
  return cached(join(cache, 'display', image.sha256.slice(0, 2), name), async () => {
    const pixels = await eightBit(options)
    return pixels.png({ compressionLevel: 3 }).toBuffer()
  })
}
