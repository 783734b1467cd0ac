import { describe, expect, it } from 'vitest'
import { decodeImage } from '../../../src/main/images/decode.ts'
import { fileType } from '../../../src/main/images/file-type.ts'
import { writtenTiff } from './written-tiff.ts'

const typeOf = (bytes: Buffer) =>
  fileType({ size: bytes.length, read: (at, length) => bytes.subarray(at, at + length) })
const text = (value: string) => Buffer.from(value, 'latin1')

describe('a photograph', () => {
  it('is not a raw file of Canon because of its first two pixels', async () => {
    const pixels = new Uint8Array(24 * 18).fill(90)
    pixels.set([67, 82, 2])
    const { data } = await decodeImage(writtenTiff([{ width: 24, height: 18, bits: 8, strips: [pixels] }]))
    expect(Array.from(data)).toEqual(Array.from(pixels))
  })

  it('is not a drawing because of its comment', () => {
    expect(typeOf(text('\xff\xd8\xff\xfe\x00\x20<svg >a comment</svg>'))).toBe('jpeg')
    expect(typeOf(text('\x89PNG\r\n\x1a\n____<svg >'))).toBe('png')
  })

  it('is a bitmap whatever its reserved bytes are', () => {
    const bitmap = Buffer.alloc(64)
    bitmap.write('BM')
    bitmap.writeUInt32LE(77, 6)
    bitmap.writeUInt32LE(40, 14)
    expect(typeOf(bitmap)).toBe('bmp')
  })
})

describe('a file of another type', () => {
  const types: [string, string, object][] = [
    ['HEIC', '\0\0\0\x18ftypheic', { type: 'HEIC' }],
    ['AVIF', '\0\0\0\x18ftypavif', { type: 'AVIF' }],
    ['a video', '\0\0\0\x18ftypisom', { case: 'video' }],
    ['JPEG 2000', '\0\0\0\x0cjP  \r\n\x87\n', { type: 'JPEG 2000' }],
    ['JPEG XL', '\0\0\0\x0cJXL \r\n\x87\n', { type: 'JPEG XL' }],
    ['PNM', 'P5\n# a comment\n640 480\n255\n', { type: 'PNM' }],
    ['DICOM', `${'\0'.repeat(128)}DICM`, { type: 'DICOM' }],
    ['CR2', 'II*\0\x10\0\0\0CR\x02\0', { case: 'camera-raw-cr2' }],
    ['SVG', '<?xml version="1.0"?>\n<svg xmlns="">', { type: 'SVG' }],
  ]
  for (const [name, bytes, params] of types) {
    it(`is refused by its name: ${name}`, () => {
      expect(() => typeOf(text(bytes.padEnd(64, ' ')))).toThrow(
        expect.objectContaining({ code: 'unsupported-type', params }),
      )
    })
  }

  it('is none where a text begins like one', () => {
    for (const words of ['P1 is the first part of line 4', 'BM is a word', 'a <svg> in the middle']) {
      expect(() => typeOf(text(words.padEnd(64, ' ')))).toThrow(
        expect.objectContaining({ code: 'not-an-image' }),
      )
    }
  })
})
