import { crc32, deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { decodeImage, readImageHeader } from '../../../src/main/images/decode.ts'
import { message } from '../../../src/shared/messages/message.ts'

const [width, height] = [24, 18]
const gray = Uint8Array.from({ length: width * height }, (_, i) => 20 + ((i * 7) % 200))

function chunk(type: string, data: Uint8Array, isWhole = true): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, crc] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  crc.writeUInt32BE((crc32(body) ^ (isWhole ? 0 : 1)) >>> 0)
  return Buffer.concat([length, body, crc])
}

const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
const end = chunk('IEND', Buffer.alloc(0))

/** A PNG of the samples, with `more` chunks before the image data. */
function png(more: Buffer[] = [], { colorType = 0, samples = gray, idat = [] as Buffer[] } = {}): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, colorType], 8)
  const rowBytes = samples.length / height
  const rows = Array.from({ length: height }, (_, y) =>
    Buffer.concat([Buffer.from([0]), samples.subarray(y * rowBytes, (y + 1) * rowBytes)]),
  )
  const data = idat.length > 0 ? idat : [chunk('IDAT', deflateSync(Buffer.concat(rows)))]
  return Buffer.concat([signature, chunk('IHDR', header), ...more, ...data, end])
}

const read = async (file: Buffer) => {
  const { data, warnings } = await decodeImage(file)
  expect(Array.from(data)).toEqual(Array.from(gray))
  return warnings
}

describe('chunks that the picture does not need', () => {
  it('are left out where they are damaged, and named', async () => {
    for (const type of ['tEXt', 'pHYs', 'iCCP', 'eXIf', 'vpAg']) {
      const damaged = png([chunk(type, Buffer.from([1, 2, 3]), false)])
      expect(await read(damaged)).toEqual([message('png-chunk-left', { type })])
      expect(await readImageHeader(damaged)).toMatchObject({ width, height })
    }
  })

  it('are left out where no decoder takes their name', async () => {
    const file = png([chunk('t\0xt', Buffer.from([1]))])
    expect(await read(file)).toEqual([message('png-chunk-left', { type: '116 0 120 116' })])
    expect(await readImageHeader(file)).toMatchObject({ width, height })
  })

  it('may not be a needed one whose name was damaged too', async () => {
    const file = png([chunk('iDAT', Buffer.from([1]), false)])
    await expect(decodeImage(file)).rejects.toMatchObject({ code: 'corrupt', params: { case: 'png-crc' } })
  })

  it('say that a color is transparent: its pixels stay as they are', async () => {
    expect(await read(png([chunk('tRNS', Buffer.from([0, 27]))]))).toEqual([message('transparency-left')])
    const samples = Uint8Array.from({ length: gray.length * 3 }, (_, i) => gray[Math.floor(i / 3)] ?? 0)
    const colors = png([chunk('tRNS', Buffer.from([0, 27, 0, 27, 0, 27]))], { colorType: 2, samples })
    const { data, warnings } = await decodeImage(colors)
    expect(Array.from(data)).toEqual(Array.from(samples))
    expect(warnings).toEqual([message('transparency-left')])
  })

  it('say that the file is an animation, of which the first picture is used', async () => {
    const frames = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0])
    expect(await read(png([chunk('acTL', frames)]))).toEqual([message('first-frame-only', { frames: 4 })])
  })
})

describe('chunks that the picture needs', () => {
  it('are of the standard, or the file is refused by the name of the chunk', async () => {
    await expect(decodeImage(png([chunk('ABCD', Buffer.from([1]))]))).rejects.toMatchObject({
      code: 'unsupported-type',
      params: { case: 'png-chunk', type: 'ABCD' },
    })
  })

  it('hold all rows, however they end', async () => {
    const rows = Buffer.concat(Array.from({ length: height }, () => Buffer.alloc(width + 1, 9)))
    for (const data of [deflateSync(rows.subarray(0, 200)), deflateSync(rows).subarray(0, 12)]) {
      await expect(decodeImage(png([], { idat: [chunk('IDAT', data)] }))).rejects.toMatchObject({
        code: expect.stringMatching(/corrupt|truncated/),
      })
    }
  })

  it('are truncated where the rest of the file was never written', async () => {
    const file = png()
    await expect(decodeImage(file.fill(0, file.length >> 1))).rejects.toMatchObject({
      code: 'truncated',
      params: { case: 'zeros' },
    })
  })
})
