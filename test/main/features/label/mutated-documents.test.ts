/**
 * Documents of COCO and labelme with changes as broken programs, disks and people make them: none ends an import,
 * nothing is stored that cannot be read again, and each annotation that is still good comes in. The seed is fixed;
 * FANOSCOPE_MUTATIONS draws as many documents as it says, 10,000 for instance.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readCoco } from '../../../../src/main/features/label/coco.ts'
import { conformShapes, type DrawnShape } from '../../../../src/main/features/label/conform.ts'
import { readLabelme } from '../../../../src/main/features/label/labelme.ts'
import { parseDocument } from '../../../../src/main/platform/read-document.ts'
import { type Shape, shapesSchema } from '../../../../src/shared/label.ts'
import { areasOf, rasterize } from '../../../../src/shared/rasterize.ts'
import { documents, mutate, mutation, seed } from './mutations.ts'

const size = { width: 48, height: 36 }

/** A good square, the place of which is its number. */
const corner = (i: number): [number, number] => [2 + (i % 5) * 8, 2 + Math.floor(i / 5) * 8]
const outline = (i: number): number[] => {
  const [x, y] = corner(i)
  return [x, y, x + 4, y, x + 4, y + 4, x, y + 4]
}
const typeOf = (i: number): string => `type ${i}`

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

const count = 10
const everything = Array.from({ length: count }, (_, i) => i)

interface CocoPieces {
  images: Record<string, Json>[]
  annotations: Record<string, Json>[]
  categories: Record<string, Json>[]
}

const cocoDocument = (): CocoPieces => ({
  images: [{ id: 1, file_name: 'a.png', ...size }],
  annotations: everything.map((i) => ({
    id: i,
    image_id: 1,
    category_id: i,
    segmentation: [outline(i)],
    bbox: [...corner(i), 4, 4],
    area: 16,
    iscrowd: 0,
  })),
  categories: everything.map((i) => ({ id: i, name: typeOf(i) })),
})

const labelmeDocument = (): { shapes: Record<string, Json>[]; [key: string]: Json } => ({
  version: '5.4.1',
  flags: {},
  shapes: everything.map((i) => {
    const points = outline(i)
    return {
      label: typeOf(i),
      points: [0, 2, 4, 6].map((at) => [points[at] ?? 0, points[at + 1] ?? 0]),
      shape_type: 'polygon',
      group_id: null,
      flags: {},
      mask: null,
    }
  }),
  imagePath: 'a.png',
  imageData: null,
  imageHeight: size.height,
  imageWidth: size.width,
})

/** Damage of the file itself: a byte order mark, UTF-16, NaN. */
const encoded = (document: unknown, encoding: number): Uint8Array => {
  const text = JSON.stringify(document, (_, value: unknown) =>
    value === 1e308 ? 'NaN-here' : value,
  ).replaceAll('"NaN-here"', 'NaN')
  if (encoding === 1) return Buffer.from(`\ufeff${text}`, 'utf8')
  if (encoding === 2) return Buffer.from(`\ufeff${text}`, 'utf16le')
  return Buffer.from(text, 'utf8')
}

/** Checks what would be stored, and gives the pixels by type. */
function storable(drawn: readonly DrawnShape[]): Map<string, number> {
  const { shapes } = conformShapes(drawn, size)
  const again: Shape[] = shapesSchema.parse(JSON.parse(JSON.stringify(shapes)))
  expect(again).toEqual(shapes)
  return new Map(
    areasOf(rasterize(again, size.width, size.height)).map(({ defectType, area }) => [defectType, area]),
  )
}

/** Whether the good pieces are there, each under its name and with 16 pixels in its place. */
function expectGood(drawn: readonly DrawnShape[], touched: ReadonlySet<number>): void {
  for (const i of everything.filter((piece) => !touched.has(piece))) {
    const own = drawn.filter((shape) => shape.kind === 'polygon' && shape.points.join() === outline(i).join())
    expect([i, own.map(({ defectType }) => defectType)]).toEqual([i, expect.arrayContaining([typeOf(i)])])
    expect([i, storable(own.slice(0, 1)).size]).toEqual([i, 1])
  }
}

describe('mutated documents', () => {
  it('of COCO cost only what was changed', () => {
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 5 }), fc.nat(2), (mutations, encoding) => {
        const document = cocoDocument()
        const touched = new Set<number>()
        for (const one of mutations) {
          // An annotation, its category, or what stands beside both.
          const where = one.piece % 3
          if (where === 0) mutate(document.annotations[one.piece], one)
          else if (where === 1) mutate(document.categories[one.piece], one)
          else document.annotations.push(...(one.how === 'duplicate' ? [{ image_id: 9 }] : []))
          touched.add(one.piece)
        }
        // A broken category that has the number of another one takes its name away.
        const ids = document.categories.map(({ id }) => String(id))
        fc.pre(new Set(ids).size === ids.length)
        const { value } = parseDocument(encoded(document, encoding))
        const found = readCoco(value)
        const drawn = found?.images[0]?.shapes ?? []
        storable(drawn)
        expectGood(drawn, touched)
      }),
      { seed, numRuns: documents },
    )
  })

  it('of COCO that are broken anywhere are read or refused, never more', () => {
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 5 }), (mutations) => {
        const document = cocoDocument()
        for (const one of mutations) mutate(document, one)
        for (const { shapes } of readCoco(JSON.parse(JSON.stringify(document)))?.images ?? [])
          storable(shapes)
      }),
      { seed, numRuns: documents },
    )
  })

  it('of labelme cost only what was changed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(mutation, { minLength: 1, maxLength: 5 }),
        fc.nat(2),
        async (mutations, encoding) => {
          const document = labelmeDocument()
          for (const one of mutations) mutate(document.shapes[one.piece], one)
          const touched = new Set(mutations.map(({ piece }) => piece))
          const { value } = parseDocument(encoded(document, encoding))
          const drawn = (await readLabelme(value))?.shapes ?? []
          storable(drawn)
          const labels = document.shapes.map(({ label }) => label)
          fc.pre(new Set(labels.map(String)).size === labels.length)
          expectGood(drawn, touched)
        },
      ),
      { seed, numRuns: documents },
    )
  })

  it('of labelme that are broken anywhere are read or refused, never more', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 5 }), async (mutations) => {
        const document = labelmeDocument()
        for (const one of mutations) mutate(document, one)
        storable((await readLabelme(JSON.parse(JSON.stringify(document))))?.shapes ?? [])
      }),
      { seed, numRuns: documents },
    )
  })

  it('that are no JSON at all, or cut anywhere, are refused', () => {
    const text = JSON.stringify(cocoDocument())
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.uint8Array({ maxLength: 40 }), (at, bytes) => {
        const cut = Buffer.concat([Buffer.from(text.slice(0, at), 'utf8'), bytes])
        try {
          readCoco(parseDocument(cut).value)
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError)
        }
      }),
      { seed, numRuns: documents },
    )
  })
})
