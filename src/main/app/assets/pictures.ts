/** Pictures that must be computed before a window can show them. */
import { readFile } from 'node:fs/promises'
import sharp from 'sharp'
import { readAnomalyMapSamples } from '../../images/anomaly-map.ts'
import { type DisplayOptions, displayImage, thumbnail } from '../../images/display.ts'
import { readMask } from '../../images/mask.ts'

export interface Pictures {
  /** Path of the photograph, turned upright, with 8 bits per sample. */
  display(options: DisplayOptions): Promise<string>
  /** Path of a WebP, at most 256 pixels a side. */
  thumbnail(options: DisplayOptions): Promise<string>
  /** The ground truth as an 8-bit gray PNG, 255 where the defect is. */
  mask(file: string): Promise<Uint8Array>
  /** The anomaly map as raw values, see `mapBytes`. */
  map(file: string): Promise<Uint8Array>
}

export const pictures: Pictures = {
  display: displayImage,
  thumbnail: (options) => thumbnail(options),
  async mask(file) {
    const { data, width, height } = await readMask(file)
    const gray = data.map((value) => value * 255)
    return sharp(gray, { raw: { width, height, channels: 1 } })
      .toColourspace('b-w')
      .png({ compressionLevel: 3 })
      .toBuffer()
  },
  async map(file) {
    return mapBytes(await readAnomalyMapSamples(await readFile(file)))
  },
}

/**
 * What `assetPath.map` of the contract promises: uint32 width, uint32 height, float32 scale, uint32 zero, then
 * width * height uint16, all little-endian.
 */
export function mapBytes(map: {
  samples: Uint16Array
  width: number
  height: number
  scale: number
}): Uint8Array {
  const bytes = new Uint8Array(16 + map.samples.length * 2)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, map.width, true)
  view.setUint32(4, map.height, true)
  view.setFloat32(8, map.scale, true)
  // Every machine that Fanoscope runs on is little-endian.
  new Uint16Array(bytes.buffer, 16).set(map.samples)
  return bytes
}
