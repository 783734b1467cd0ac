import { describe, expect, it } from 'vitest'
import { decodeImage, readImageHeader } from '../../../src/main/images/decode.ts'
import { message } from '../../../src/shared/messages/message.ts'
import { type WrittenPage, writtenTiff } from './written-tiff.ts'

const [width, height] = [24, 18]
const gray = Uint8Array.from({ length: width * height }, (_, i) => 20 + ((i * 7) % 200))
const page: WrittenPage = { width, height, bits: 8, strips: [gray] }
const [subfileType, orientation, extraSamples] = [254, 274, 338]
const flagged = (values: number[]): WrittenPage => ({
  ...page,
  fields: [{ tag: subfileType, type: 4, values }],
})
const small: WrittenPage = { ...page, width: 16, height: 16, strips: [new Uint8Array(256).fill(9)] }

const refusal = (params: object) => ({ code: 'unsupported-type', params })

describe('which page of a TIFF is used', () => {
  it('is the first that is neither a preview nor a mask, and that is said', async () => {
    const preview = { ...small, fields: [{ tag: subfileType, type: 4, values: [1] }] }
    const { data, warnings } = await decodeImage(writtenTiff([preview, page]))
    expect(Array.from(data)).toEqual(Array.from(gray))
    expect(warnings).toEqual([message('preview-page-left', { page: 2, pages: 2 })])
    expect(await readImageHeader(writtenTiff([preview, page]))).toMatchObject({ width, height })
    const mask = flagged([4])
    expect((await decodeImage(writtenTiff([page, mask]))).warnings).toEqual([
      message('first-page-only', { pages: 2 }),
    ])
  })

  it('is the larger one where the first is a small copy that nobody marked', async () => {
    const large = { ...page, width: 48, height: 36, strips: [new Uint8Array(48 * 36).fill(7)] }
    const { warnings, ...image } = await decodeImage(writtenTiff([page, large]))
    expect(image).toMatchObject({ width: 48, height: 36 })
    expect(warnings).toEqual([message('preview-page-left', { page: 2, pages: 2 })])
  })

  it('is none where the file holds nothing but a preview', async () => {
    await expect(decodeImage(writtenTiff([flagged([1])]))).rejects.toMatchObject(
      refusal({ case: 'tiff-preview-only' }),
    )
  })

  it('counts the pictures of a stack of ImageJ that has one directory', async () => {
    const description = { tag: 270, type: 2, values: 'ImageJ=1.53\nimages=12\n\0' }
    expect((await decodeImage(writtenTiff([{ ...page, fields: [description] }]))).warnings).toEqual([
      message('first-page-only', { pages: 12 }),
    ])
  })
})

describe('fields that a TIFF does not need', () => {
  const broken = {
    'a private field beyond the end': { tag: 40_000, type: 2, values: 'x'.repeat(20), at: 9e6 },
    'a private field of an unknown type': { tag: 40_000, type: 99, values: [1] },
    'a resolution beyond the end': { tag: 282, type: 5, values: [1, 1], at: 9e6 },
    'a color profile beyond the end': { tag: 34_675, type: 2, values: 'x'.repeat(20), at: 9e6 },
    'no rows for each strip': { tag: 278, type: 4, values: [] },
  }
  for (const [name, field] of Object.entries(broken)) {
    it(`are left out where they are broken: ${name}`, async () => {
      for (const kind of [{}, { little: false }, { big: true }]) {
        const file = writtenTiff([{ ...page, fields: [field] }], kind)
        const { data, warnings } = await decodeImage(file)
        expect(Array.from(data)).toEqual(Array.from(gray))
        expect(warnings).toEqual([message('tiff-tags-broken', { tags: `${field.tag}` })])
      }
    })
  }

  it('take an orientation that there is not for upright', async () => {
    for (const value of [0, 9, 65_535]) {
      const file = writtenTiff([{ ...page, fields: [{ tag: orientation, values: [value] }] }])
      expect(Array.from((await decodeImage(file)).data)).toEqual(Array.from(gray))
    }
  })

  it('may leave out whether zero is black, which is then said', async () => {
    const { data, warnings } = await decodeImage(
      writtenTiff([{ ...page, fields: [{ tag: 262, values: [] }] }]),
    )
    expect(Array.from(data)).toEqual(Array.from(gray))
    expect(warnings).toContainEqual(message('tiff-colors-unstated'))
  })
})

describe('a band beside the gray', () => {
  const withBand = (kind: number[]) =>
    writtenTiff([
      {
        ...page,
        samples: 2,
        photometric: 1,
        strips: [Uint8Array.from({ length: 2 * gray.length }, (_, i) => (i % 2 ? 51 : (gray[i >> 1] ?? 0)))],
        fields: [{ tag: extraSamples, values: kind }],
      },
    ])

  it('is blended onto black where it is alpha', async () => {
    const { data, channels, warnings } = await decodeImage(withBand([2]))
    expect(channels).toBe(1)
    expect(Array.from(data)).toEqual(Array.from(gray, (value) => Math.round(value / 5)))
    expect(warnings).toEqual([message('transparency-flattened')])
  })

  it('is left out where nothing says what it is', async () => {
    const { data, warnings } = await decodeImage(withBand([0]))
    expect(Array.from(data)).toEqual(Array.from(gray))
    expect(warnings).toEqual([message('extra-band-left')])
  })
})

describe('a TIFF of a kind that is not read', () => {
  const bytes = new Uint8Array(width * height * 8)
  const kinds: [string, WrittenPage, object][] = [
    ['signed samples', { ...page, fields: [{ tag: 339, values: [2] }] }, { case: 'samples-signed', bits: 8 }],
    [
      'half floats',
      { ...page, bits: 16, strips: [bytes], fields: [{ tag: 339, values: [3] }] },
      { case: 'samples-float', bits: 16 },
    ],
    [
      'complex samples',
      { ...page, bits: 64, strips: [bytes], fields: [{ tag: 339, values: [6] }] },
      { case: 'samples-complex', bits: 64 },
    ],
    ['24 bits', { ...page, bits: 24, strips: [bytes] }, { case: 'samples-unsigned', bits: 24 }],
    [
      'bands of different depths',
      { ...page, samples: 3, strips: [bytes], fields: [{ tag: 258, values: [8, 8, 16] }] },
      { case: 'samples-mixed', bits: '8, 8, 16' },
    ],
    [
      'CIE L*a*b*',
      { ...page, samples: 3, photometric: 8, strips: [bytes] },
      { case: 'tiff-colors', colors: 'CIE L*a*b*' },
    ],
    ['LZMA', { ...page, compression: 34_925 }, { case: 'tiff-compression', compression: 'LZMA' }],
    ['an unknown compression', { ...page, compression: 60_001 }, { compression: '60001' }],
    [
      'packed samples with LZW',
      { ...page, bits: 12, compression: 5 },
      { case: 'samples-packed', bits: 12, samples: 1, compression: 'LZW' },
    ],
    ['JPEG of 12 bits', { ...page, bits: 12, compression: 7 }, { case: 'jpeg-bits', bits: 12 }],
    ['what a camera calls raw', { ...page, photometric: 32_803 }, { case: 'camera-raw' }],
  ]
  for (const [name, written, params] of kinds) {
    it(`is refused as unsupported, with what it is: ${name}`, async () => {
      await expect(decodeImage(writtenTiff([written]))).rejects.toMatchObject(refusal(params))
    })
  }
})
