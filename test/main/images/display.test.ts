import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { displayImage, isDisplayable, type Shown, thumbnail } from '../../../src/main/images/display.ts'
import { message } from '../../../src/shared/messages/message.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fanoscope-display-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const sha256 = 'ab'.repeat(32)
const row = (values: Partial<Shown>): Shown => ({
  sha256,
  format: 'png',
  bitDepth: 8,
  peak: 255,
  warnings: [],
  ...values,
})

async function dark12(): Promise<string> {
  const source = join(folder, 'dark.png')
  const samples = Uint16Array.from({ length: 400 * 300 }, (_, i) => (i % 400 < 200 ? 0 : 4095))
  writeFileSync(
    source,
    await sharp(samples, { raw: { width: 400, height: 300, channels: 1 } })
      .toColourspace('grey16')
      .png()
      .toBuffer(),
  )
  return source
}

describe('showing an image', () => {
  it('serves the original where a browser shows it as the model sees it', async () => {
    const image = row({})
    expect(isDisplayable(image)).toBe(true)
    expect(await displayImage({ source: '/original.png', image, cache: folder })).toBe('/original.png')
  })

  it('does not leave TIFF, BMP, 16 bits or transparency to the browser', () => {
    expect(isDisplayable(row({ format: 'tiff' }))).toBe(false)
    expect(isDisplayable(row({ format: 'bmp' }))).toBe(false)
    expect(isDisplayable(row({ bitDepth: 16 }))).toBe(false)
    expect(isDisplayable(row({ warnings: [message('transparency-flattened')] }))).toBe(false)
  })

  it('shows a 12-bit photograph in its full brightness', async () => {
    const source = await dark12()
    const file = await displayImage({ source, image: row({ bitDepth: 16, peak: 4095 }), cache: folder })
    const { data, info } = await sharp(file).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true })
    expect([info.width, info.height]).toEqual([400, 300])
    expect([data[0], data[399]]).toEqual([0, 255])
  })

  it('makes a thumbnail of at most the asked size and keeps its proportions', async () => {
    const source = await dark12()
    const file = await thumbnail({ source, image: row({ bitDepth: 16, peak: 4095 }), cache: folder }, 128)
    const { width, height, format } = await sharp(file).metadata()
    expect([width, height, format]).toEqual([128, 96, 'webp'])
  })

  it('makes a thumbnail once, also when asked for many times together', async () => {
    const source = await dark12()
    const options = { source, image: row({ bitDepth: 16, peak: 4095 }), cache: folder }
    const files = await Promise.all(Array.from({ length: 8 }, () => thumbnail(options)))
    expect(new Set(files).size).toBe(1)
    expect(readdirSync(join(folder, 'thumbnails', 'ab'))).toHaveLength(1)
    rmSync(source)
    expect(existsSync(await thumbnail(options))).toBe(true)
  })

  it('leaves nothing in the cache when the original cannot be decoded', async () => {
    const source = join(folder, 'broken.tif')
    writeFileSync(source, 'no image')
    const options = { source, image: row({ format: 'tiff' }), cache: folder }
    await expect(thumbnail(options)).rejects.toMatchObject({ code: 'not-an-image' })
    expect(
      existsSync(join(folder, 'thumbnails', 'ab')) ? readdirSync(join(folder, 'thumbnails', 'ab')) : [],
    ).toEqual([])
  })
})
