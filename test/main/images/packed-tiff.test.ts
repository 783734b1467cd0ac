import { deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { decodeImage, inspectImage, readImageHeader } from '../../../src/main/images/decode.ts'
import { packedRows, type WrittenPage, writtenTiff } from './written-tiff.ts'

// An odd width: 12 bits of 25 samples do not end with a byte.
const [width, height] = [25, 18]
const samplesOf = (bits: number): Uint16Array =>
  Uint16Array.from({ length: width * height }, (_, i) => (i * 7919) % 2 ** bits)
const page = (bits: number, more: Partial<WrittenPage> = {}): WrittenPage => ({
  width,
  height,
  bits,
  strips: [packedRows(samplesOf(bits), width, bits)],
  ...more,
})

const turned = (byte: number): number =>
  Number.parseInt(byte.toString(2).padStart(8, '0').split('').reverse().join(''), 2)

describe('packed samples of a camera', () => {
  for (const bits of [9, 10, 12, 14, 15]) {
    it(`are read exactly: ${bits} bits, both byte orders, TIFF and BigTIFF`, async () => {
      for (const little of [true, false]) {
        for (const big of [true, false]) {
          const image = await decodeImage(writtenTiff([page(bits)], { little, big }))
          expect(image).toMatchObject({ width, height, channels: 1, bitDepth: 16, warnings: [] })
          expect(image.data).toEqual(samplesOf(bits))
        }
      }
    })
  }

  it('may lie in strips, be deflated, or have their bits in reverse order', async () => {
    const whole = packedRows(samplesOf(12), width, 12)
    const rowBytes = whole.length / height
    const strips = [0, 5, 10, 15].map((y) => whole.subarray(y * rowBytes, (y + 5) * rowBytes))
    const written: WrittenPage[] = [
      page(12, { rowsPerStrip: 5, strips }),
      page(12, { compression: 8, strips: [deflateSync(whole)] }),
      page(12, { strips: [whole.map(turned)], fields: [{ tag: 266, values: [2] }] }),
    ]
    for (const each of written) expect((await decodeImage(writtenTiff([each]))).data).toEqual(samplesOf(12))
  })

  it('are inverted where zero means white, and may be colors', async () => {
    const inverted = await decodeImage(writtenTiff([page(12, { photometric: 0 })]))
    expect(inverted.data).toEqual(samplesOf(12).map((value) => 4095 - value))
    const colors = samplesOf(12).subarray(0, 16 * 3 * 9)
    const rgb = page(12, {
      width: 16,
      height: 18,
      samples: 3,
      strips: [packedRows([...colors, ...colors], 48, 12)],
    })
    const { channels, data } = await decodeImage(writtenTiff([rgb]))
    expect(channels).toBe(3)
    expect(Array.from(data.subarray(0, colors.length))).toEqual(Array.from(colors))
  })

  it('are turned upright as those of 16 bits are', async () => {
    const samples = samplesOf(12)
    const plain = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)
    for (let orientation = 1; orientation <= 8; orientation++) {
      const fields = [{ tag: 274, values: [orientation] }]
      const packed = writtenTiff([page(12, { fields })])
      const image = await decodeImage(packed)
      expect(image).toEqual(await decodeImage(writtenTiff([page(16, { strips: [plain], fields })])))
      expect(await readImageHeader(packed)).toMatchObject({ width: image.width, height: image.height })
    }
  })

  it('are refused as truncated where their strip is too short, and damaged data as corrupt', async () => {
    const whole = packedRows(samplesOf(12), width, 12)
    const short = writtenTiff([page(12, { strips: [whole.subarray(0, 300)] })])
    const damaged = writtenTiff([page(12, { compression: 8, strips: [whole] })])
    await expect(inspectImage(short)).rejects.toMatchObject({ code: 'truncated' })
    await expect(inspectImage(damaged)).rejects.toMatchObject({ code: 'corrupt' })
  })
})
