import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { decodeImage } from '../../../src/main/images/decode.ts'

const [width, height] = [96, 72]
const scene = sharp(
  Uint8Array.from({ length: width * height }, (_, i) => (i * i * 31 + i * 7) % 256),
  { raw: { width, height, channels: 1 } },
)
const jpeg = (progressive = false): Promise<Buffer> =>
  scene.clone().jpeg({ quality: 80, progressive }).toBuffer()
const webp = (lossless = false): Promise<Buffer> => scene.clone().webp({ quality: 80, lossless }).toBuffer()

const truncated = (file: Buffer) => expect(decodeImage(file)).rejects.toMatchObject({ code: 'truncated' })

describe('a JPEG', () => {
  it('is refused without its end mark, whatever stands in its place', async () => {
    for (const file of [await jpeg(), await jpeg(true)]) {
      for (const share of [0.3, 0.6, 0.9, 0.99]) {
        const at = Math.floor(file.length * share)
        for (const filler of [0, 0xff, 0x20]) await truncated(Buffer.from(file).fill(filler, at))
        await truncated(file.subarray(0, at))
      }
      await truncated(file.subarray(0, -2))
    }
  })

  it('is refused where its end mark comes too early', async () => {
    const file = await jpeg()
    for (const share of [0.3, 0.6, 0.9]) {
      const early = Buffer.from([0xff, 0xd9])
      await truncated(Buffer.concat([file.subarray(0, Math.floor(file.length * share)), early]))
    }
  })

  it('is read whatever follows its end mark', async () => {
    const file = await jpeg()
    const { data } = await decodeImage(file)
    for (const rest of [Buffer.alloc(5000), await jpeg(true), Buffer.from('a block of a vendor')]) {
      expect((await decodeImage(Buffer.concat([file, rest]))).data).toEqual(data)
    }
  })

  it('is refused as unsupported, with its bits, where they are not 8', async () => {
    const file = await jpeg()
    const frame = file.indexOf(Buffer.from([0xff, 0xc0]))
    file.writeUInt8(12, frame + 4)
    await expect(decodeImage(file)).rejects.toMatchObject({
      code: 'unsupported-type',
      params: { case: 'jpeg-bits', bits: 12 },
    })
    file.writeUInt8(0xf7, frame + 1)
    await expect(decodeImage(file)).rejects.toMatchObject({
      code: 'unsupported-type',
      params: { type: 'JPEG-LS' },
    })
  })

  it('is corrupt without image data', async () => {
    await expect(decodeImage(Buffer.from([0xff, 0xd8, 0xff, 0xd9]))).rejects.toMatchObject({
      code: 'corrupt',
    })
  })
})

describe('a WebP', () => {
  it('is refused where its end was never written', async () => {
    for (const file of [await webp(), await webp(true)]) {
      for (const share of [0.3, 0.6]) {
        await truncated(Buffer.from(file).fill(0, Math.floor(file.length * share)))
      }
    }
  })

  it('of one even gray is whole, although little is in it', async () => {
    for (const lossless of [true, false]) {
      const even = sharp(new Uint8Array(512 * 512), { raw: { width: 512, height: 512, channels: 1 } })
      const { data } = await decodeImage(await even.webp({ lossless, effort: 0 }).toBuffer(), { channels: 1 })
      expect(data.every((value) => value === 0)).toBe(true)
    }
  })
})
