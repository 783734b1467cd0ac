import { readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Assets, createAssets } from '../../../../src/main/app/assets/assets.ts'
import { openPictureThread, type PictureThread } from '../../../../src/main/app/assets/picture-task.ts'
import { type Pictures, pictures } from '../../../../src/main/app/assets/pictures.ts'
import { assetPath } from '../../../../src/shared/contract.ts'
import { type StoredPictures, storePictures } from './stored-pictures.ts'

let stored: StoredPictures
let thread: PictureThread
beforeAll(async () => {
  stored = await storePictures()
  thread = openPictureThread()
})
afterAll(async () => {
  await thread.close()
  rmSync(stored.folder, { recursive: true })
})

const ways: [string, () => Pictures][] = [
  ['made here', () => pictures],
  ['made in the thread', () => thread],
]

describe.each(ways)('pixels by address, %s', (_way, made) => {
  const assets = (): Assets => createAssets(stored.source, made())
  const bytesOf = async (path: string) => (await assets().find(path)).read()

  it('passes an original that a browser shows as it is', async () => {
    const asset = await assets().find(assetPath.original(1))
    expect(asset.contentType).toBe('image/png')
    expect(Buffer.from(await asset.read())).toEqual(readFileSync(stored.photograph))
  })

  it('makes a 16-bit TIFF an 8-bit PNG in which the sensor’s white is white', async () => {
    const asset = await assets().find(assetPath.original(2))
    expect(asset.contentType).toBe('image/png')
    const { data, info } = await sharp(await asset.read())
      .raw()
      .toBuffer({ resolveWithObject: true })
    expect([info.width, info.height]).toEqual([400, 300])
    expect(data.length).toBe(400 * 300 * info.channels)
    expect([data[0], data[399 * info.channels]]).toEqual([0, 255])
  })

  it('makes thumbnails of at most 256 pixels', async () => {
    for (const image of [1, 2]) {
      const asset = await assets().find(assetPath.thumbnail(image))
      expect(asset.contentType).toBe('image/webp')
      const { width, height, format } = await sharp(await asset.read()).metadata()
      expect([width, height, format]).toEqual([256, 192, 'webp'])
    }
  })

  it('shows a mask, whatever its numbers, as 0 and 255', async () => {
    const { data, info } = await sharp(await bytesOf(assetPath.mask(1)))
      .raw()
      .toBuffer({ resolveWithObject: true })
    const values = Array.from({ length: 320 }, (_, i) => data[i * info.channels])
    expect(values).toEqual(Array.from({ length: 320 }, (_, i) => (i < 10 ? 255 : 0)))
  })

  it('gives an anomaly map as the raw values that the contract describes', async () => {
    const bytes = await bytesOf(assetPath.map('r-1', 1))
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    expect([view.getUint32(0, true), view.getUint32(4, true), view.getUint32(12, true)]).toEqual([4, 3, 0])
    const scale = view.getFloat32(8, true)
    expect(bytes.byteLength).toBe(16 + 4 * 3 * 2)
    for (const [i, value] of stored.mapValues.entries()) {
      const shown = (view.getUint16(16 + i * 2, true) / 65_535) * scale
      // Half a step of 16 bits.
      expect(Math.abs(shown - value)).toBeLessThanOrEqual(scale / 65_535 / 2 + 1e-7)
    }
  })

  it('gives reconstructions and previews', async () => {
    for (const path of [assetPath.reconstruction('r-1', 1), assetPath.preview('r-1', 'samples', 5)]) {
      expect((await assets().find(path)).contentType).toBe('image/png')
      expect((await sharp(await bytesOf(path)).metadata()).format).toBe('png')
    }
  })

  it.each([
    assetPath.original(99),
    assetPath.mask(2),
    assetPath.map('r-2', 1),
    assetPath.preview('r-1', 'samples', 6),
    'original/../1',
  ])('calls %s unknown', async (path) => {
    await expect(assets().find(path)).rejects.toMatchObject({ code: 'asset-unknown' })
  })

  it('says which file somebody took away', async () => {
    await expect(bytesOf(assetPath.original(3))).rejects.toMatchObject({
      code: 'file-missing',
      message: expect.stringContaining('taken-away.png'),
    })
  })

  it('refuses a damaged map with its own code', async () => {
    const broken = { ...stored.source, mapFile: () => stored.photograph }
    const asset = await createAssets(broken, made()).find(assetPath.map('r-1', 1))
    await expect(asset.read()).rejects.toMatchObject({ code: 'map-unreadable' })
  })
})

describe('the tag of a picture', () => {
  it('is the content’s for photographs, and differs between a photograph and its thumbnail', async () => {
    const assets = createAssets(stored.source, pictures)
    const [a, again, b, small] = await Promise.all(
      [assetPath.original(1), assetPath.original(1), assetPath.original(2), assetPath.thumbnail(1)].map(
        (path) => assets.find(path),
      ),
    )
    expect(a?.etag).toBe(again?.etag)
    expect(new Set([a?.etag, b?.etag, small?.etag]).size).toBe(3)
  })

  it('changes when a run’s file is written anew', async () => {
    const file = `${stored.folder}/again.png`
    const assets = createAssets({ ...stored.source, reconstructionFile: () => file }, pictures)
    writeFileSync(file, 'first')
    utimesSync(file, 1000, 1000)
    const before = (await assets.find(assetPath.reconstruction('r-1', 1))).etag
    writeFileSync(file, 'other')
    utimesSync(file, 2000, 2000)
    expect((await assets.find(assetPath.reconstruction('r-1', 1))).etag).not.toBe(before)
  })
})

describe('the thread that makes pictures', () => {
  it('answers many at once, each its own', async () => {
    const kinds = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 'map.png' : 'mask.png'))
    const made = await Promise.all(
      kinds.map((name) =>
        name === 'map.png'
          ? thread.map(`${stored.folder}/map.png`)
          : thread.mask(`${stored.folder}/mask.png`),
      ),
    )
    for (const [i, bytes] of made.entries()) expect(bytes.byteLength === 40).toBe(kinds[i] === 'map.png')
  })

  it('tells those who wait when it ends, and starts again with the next picture', async () => {
    const own = openPictureThread()
    const waiting = own.mask(`${stored.folder}/mask.png`)
    const lost = expect(waiting).rejects.toMatchObject({ code: 'thread-died' })
    await own.close()
    await lost
    expect((await own.map(`${stored.folder}/map.png`)).byteLength).toBe(40)
    await own.close()
  })
})
