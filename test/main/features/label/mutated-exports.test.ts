/**
 * Exports of Label Studio, CVAT and Pascal VOC with changes drawn at random: none ends an import, nothing is stored that
 * cannot be read again, and each shape that is still good comes in.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { conformShapes, type DrawnShape } from '../../../../src/main/features/label/conform.ts'
import { readCvat } from '../../../../src/main/features/label/cvat.ts'
import { readLabelStudio } from '../../../../src/main/features/label/label-studio.ts'
import { readVoc } from '../../../../src/main/features/label/voc.ts'
import { labelsOfCvat, labelsOfLabelStudio } from '../../../../src/main/features/layouts/classified.ts'
import { parseXml } from '../../../../src/main/platform/xml.ts'
import { shapesSchema } from '../../../../src/shared/label.ts'
import { areasOf, rasterize } from '../../../../src/shared/rasterize.ts'
import { documents, mutate, mutation, seed } from './mutations.ts'

const size = { width: 50, height: 50 }
const everything = Array.from({ length: 10 }, (_, i) => i)
const typeOf = (i: number): string => `type ${i}`
/** A square of 4 x 4 pixels, the place of which is its number. */
const corner = (i: number): [number, number] => [2 + (i % 5) * 8, 2 + Math.floor(i / 5) * 8]

/** Checks what would be stored, and gives the pixels by type. */
function storable(drawn: readonly DrawnShape[]): Map<string, number> {
  const { shapes } = conformShapes(drawn, size)
  const again = shapesSchema.parse(JSON.parse(JSON.stringify(shapes)))
  expect(again).toEqual(shapes)
  return new Map(
    areasOf(rasterize(again, size.width, size.height)).map(({ defectType, area }) => [defectType, area]),
  )
}

function expectGood(drawn: readonly DrawnShape[], touched: ReadonlySet<number>): void {
  for (const i of everything.filter((piece) => !touched.has(piece))) {
    const own = drawn.filter(({ defectType }) => defectType === typeOf(i))
    expect([i, storable(own.slice(0, 1)).get(typeOf(i))]).toEqual([i, 16])
  }
}

const studio = () => [
  {
    id: 1,
    data: { image: '/data/upload/1/0a1b2c3d-a.png' },
    annotations: [
      {
        id: 1,
        was_cancelled: false,
        result: everything.map((i) => {
          const [x, y] = corner(i)
          return {
            id: `shape ${i}`,
            type: 'rectanglelabels',
            original_width: size.width,
            original_height: size.height,
            image_rotation: 0,
            value: { x: x * 2, y: y * 2, width: 8, height: 8, rotation: 0, rectanglelabels: [typeOf(i)] },
          }
        }),
      },
    ],
    predictions: [],
  },
]

const cvat = (): string =>
  `<?xml version="1.0" encoding="utf-8"?><annotations><version>1.1</version><image id="0" name="a.png" width="50" height="50">${everything
    .map((i) => {
      const [x, y] = corner(i)
      return i % 2 === 0
        ? `<box label="${typeOf(i)}" xtl="${x}" ytl="${y}" xbr="${x + 4}" ybr="${y + 4}"/>`
        : `<mask label="${typeOf(i)}" left="${x}" top="${y}" width="4" height="4" rle="0, 16"/>`
    })
    .join('')}<tag label="good"/></image></annotations>`

const voc = (): string =>
  `<annotation><filename>a.png</filename><size><width>50</width><height>50</height></size>${everything
    .map((i) => {
      const [x, y] = corner(i)
      return `<object><name>${typeOf(i)}</name><bndbox><xmin>${x}</xmin><ymin>${y}</ymin><xmax>${x + 4}</xmax><ymax>${y + 4}</ymax></bndbox></object>`
    })
    .join('')}</annotation>`

/** What a broken program, a disk or a person does to a text. */
const textChange = fc.record({
  at: fc.nat(100_000),
  length: fc.nat(12),
  text: fc.oneof(
    fc.constantFrom(
      '',
      '<',
      '>',
      '"',
      '&',
      '&x;',
      '0',
      '-',
      '9999999999',
      'NaN',
      '\0',
      ']]>',
      '<!--',
      '</',
      ',',
      ';',
    ),
    fc.string({ maxLength: 6 }),
  ),
})
const changed = (text: string, changes: readonly { at: number; length: number; text: string }[]): string =>
  changes.reduce((now, { at, length, text: put }) => {
    const from = at % (now.length + 1)
    return now.slice(0, from) + put + now.slice(from + length)
  }, text)

describe('mutated exports', () => {
  it('of Label Studio cost only what was changed', () => {
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 5 }), (mutations) => {
        const document = studio()
        const results = document[0]?.annotations[0]?.result ?? []
        for (const one of mutations) mutate(results[one.piece], one)
        const value: unknown = JSON.parse(JSON.stringify(document))
        labelsOfLabelStudio(value)
        const [task] = readLabelStudio(value)?.tasks ?? []
        const drawn = task?.shapesOn(size).shapes ?? []
        storable(drawn)
        // What was given the name or the number of another shape counts for both.
        const words = results.map((result) => String(result?.value?.rectanglelabels))
        const ids = results.map((result) => String(result?.id))
        fc.pre(new Set(words).size === words.length && new Set(ids).size === ids.length)
        expectGood(drawn, new Set(mutations.map(({ piece }) => piece)))
      }),
      { seed, numRuns: documents },
    )
  })

  it('of Label Studio that are broken anywhere are read or refused, never more', () => {
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 5 }), (mutations) => {
        const document = studio()
        for (const one of mutations) mutate(document, one)
        const value: unknown = JSON.parse(JSON.stringify(document))
        labelsOfLabelStudio(value)
        for (const { shapesOn } of readLabelStudio(value)?.tasks ?? []) storable(shapesOn(size).shapes)
      }),
      { seed, numRuns: documents },
    )
  })

  it.each([
    ['CVAT', cvat()],
    ['Pascal VOC', voc()],
  ])('of %s are read shape by shape, or refused as no XML', (name, text) => {
    fc.assert(
      fc.property(fc.array(textChange, { minLength: 1, maxLength: 3 }), (changes) => {
        try {
          const root = parseXml(Buffer.from(changed(text, changes), 'utf8'))
          if (name === 'CVAT') {
            labelsOfCvat(root)
            for (const { shapes } of readCvat(root)?.images ?? []) storable(shapes)
          } else storable(readVoc(root)?.shapes ?? [])
        } catch (error) {
          if (!(error instanceof SyntaxError)) throw error
        }
      }),
      { seed, numRuns: documents },
    )
  })
})
