/** A folder with one of each kind of picture, and the AssetSource that knows them. */
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import type { AssetSource, StoredImage } from '../../../../src/main/app/assets/source.ts'
import { writeAnomalyMap } from '../../../../src/main/images/anomaly-map.ts'

export interface StoredPictures {
  folder: string
  source: AssetSource
  /** An 8-bit gray PNG, 400 x 300: image 1. */
  photograph: string
  /** Values of the anomaly map of image 1 in run r-1, 4 x 3. */
  mapValues: Float32Array
}

export async function storePictures(): Promise<StoredPictures> {
  const folder = mkdtempSync(join(tmpdir(), 'fanoscope-assets-'))
  const at = (name: string): string => join(folder, name)
  const gray = (width: number, height: number, value: (i: number) => number) =>
    sharp(
      Uint8Array.from({ length: width * height }, (_, i) => value(i)),
      {
        raw: { width, height, channels: 1 },
      },
    ).toColourspace('b-w')

  await gray(400, 300, (i) => i % 251)
    .png()
    .toFile(at('1.png'))
  const deep = Uint16Array.from({ length: 400 * 300 }, (_, i) => (i % 400 < 200 ? 0 : 4095))
  await sharp(deep, { raw: { width: 400, height: 300, channels: 1 } })
    .toColourspace('grey16')
    .tiff({ compression: 'none' })
    .toFile(at('2.tif'))
  await gray(20, 16, (i) => (i < 10 ? 3 : 0))
    .png()
    .toFile(at('mask.png'))
  await gray(8, 6, () => 90)
    .png()
    .toFile(at('reconstruction.png'))
  await gray(16, 16, () => 30)
    .png()
    .toFile(at('samples.png'))
  const mapValues = Float32Array.from({ length: 12 }, (_, i) => i / 8)
  const map = await writeAnomalyMap({ values: mapValues, width: 4, height: 3 })
  writeFileSync(at('map.png'), map.bytes)

  const stored = (name: string, image: Omit<StoredImage['image'], 'sha256' | 'warnings'>): StoredImage => {
    const sha256 = createHash('sha256')
      .update(readFileSync(at(name)))
      .digest('hex')
    return { file: at(name), image: { ...image, sha256, warnings: [] } }
  }
  const images = new Map([
    [1, stored('1.png', { format: 'png', bitDepth: 8, peak: 250 })],
    [2, stored('2.tif', { format: 'tiff', bitDepth: 16, peak: 4095 })],
    [3, { ...stored('1.png', { format: 'png', bitDepth: 8, peak: 250 }), file: at('taken-away.png') }],
  ])
  const ofRun = (run: string, image: number, name: string) => (run === 'r-1' && image === 1 ? at(name) : null)
  return {
    folder,
    photograph: at('1.png'),
    mapValues,
    source: {
      cacheFolder: at('cache'),
      imageFile: (image) => images.get(image) ?? null,
      maskFile: (image) => (image === 1 ? at('mask.png') : null),
      mapFile: (run, image) => ofRun(run, image, 'map.png'),
      reconstructionFile: (run, image) => ofRun(run, image, 'reconstruction.png'),
      previewFile: (run, name, step) =>
        run === 'r-1' && name === 'samples' && step === 5 ? at('samples.png') : null,
    },
  }
}
