/** Oddities of COCO and labelme documents that other tools write, each read as it was meant or left out by name. */
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { readCoco } from '../../../../src/main/features/label/coco.ts'
import { clipPolygon, conformShapes } from '../../../../src/main/features/label/conform.ts'
import { turnShapes } from '../../../../src/main/features/label/exif-turn.ts'
import { readLabelme } from '../../../../src/main/features/label/labelme.ts'
import { shapesSchema } from '../../../../src/shared/label.ts'
import type { Message } from '../../../../src/shared/messages/message.ts'
import { areasOf, rasterize } from '../../../../src/shared/rasterize.ts'

const size = { width: 30, height: 20 }
const square = [4, 4, 14, 4, 14, 14, 4, 14]
const cases = (notes: readonly Message[]): string[] =>
  notes.map(({ code, params }) => (params.case === undefined ? code : `${code}/${String(params.case)}`))

function coco(annotation: object, rest: object = {}) {
  const document = {
    images: [{ id: 1, file_name: 'a.png', width: 30, height: 20 }],
    annotations: [{ image_id: 1, category_id: 1, ...annotation }],
    categories: [{ id: 1, name: 'crack' }],
    ...rest,
  }
  const found = readCoco(document)
  const image = found?.images[0]
  const { shapes, notes } = conformShapes(image?.shapes ?? [], size)
  const areas = areasOf(rasterize(shapes, size.width, size.height))
  return { areas, notes: cases([...(found?.notes ?? []), ...(image?.notes ?? []), ...notes]) }
}

const crack = [{ defectType: 'crack', area: 100 }]

describe('an annotation of COCO', () => {
  it.each<[string, object, object?]>([
    ['with a list of outlines', { segmentation: [square] }],
    ['with one flat list', { segmentation: square }],
    ['with corners', { segmentation: [[4, 4], [14, 4], [14, 14], [4, 14]] }], // biome-ignore format: corners
    ['with numbers as texts', { segmentation: [square.map(String)] }],
    ['with a box alone', { bbox: [4, 4, 10, 10] }],
    ['with a box and an empty segmentation', { segmentation: [], bbox: [4, 4, 10, 10] }],
    ['with ids as texts', { image_id: '1', category_id: '1', segmentation: [square] }],
    ['with runs', { segmentation: { size: [20, 30], counts: runsOfSquare() } }],
    [
      'with runs of floating point',
      { segmentation: { size: [20.0, 30.0], counts: runsOfSquare().map(String) } },
    ],
    ['in a document without sizes', { segmentation: [square] }, { images: [{ id: 1, file_name: 'a.png' }] }],
    ['in a document with sizes as texts', { segmentation: [square] }, { images: [{ id: 1, file_name: 'a.png', width: '30', height: '20' }] }], // biome-ignore format: one line
  ])('is read %s', (_, annotation, rest) => {
    expect(coco(annotation, rest)).toEqual({ areas: crack, notes: [] })
  })

  it('of a category that is not listed is a defect without a name, and named', () => {
    expect(coco({ segmentation: [square], category_id: 7 })).toEqual({
      areas: [{ defectType: 'defect', area: 100 }],
      notes: ['category-unknown'],
    })
  })

  it.each<[string, object, string]>([
    ['an odd number of coordinates', { segmentation: [[1, 2, 3, 4, 5, 6, 7]] }, 'shape-left-out/malformed'],
    ['two corners', { segmentation: [[1, 2, 3, 4]] }, 'shape-left-out/few-corners'],
    ['an image that is not listed', { image_id: 9, segmentation: [square] }, 'annotation-left-out/no-image'],
    ['runs without a size', { segmentation: { counts: [1, 2] } }, 'shape-left-out/runs'],
    ['runs of another size', { segmentation: { size: [30, 20], counts: [0, 600] } }, 'shape-left-out/runs-size'],
    ['runs for more memory than there is', { segmentation: { size: [1e6, 1e6], counts: [0, 1e12] } }, 'shape-left-out/runs-size'],
    ['runs that are too long', { segmentation: { size: [20, 30], counts: [0, 6000] } }, 'shape-left-out/runs-sum'],
    ['runs that are too short', { segmentation: { size: [20, 30], counts: [0, 60] } }, 'shape-left-out/runs-sum'],
    ['nothing drawn', {}, 'shape-left-out/nothing-drawn'],
    ['an outline outside', { segmentation: [[40, 40, 50, 40, 50, 50]] }, 'shape-left-out/outside'],
  ])('is left out by name with %s', (_, annotation, note) => {
    expect(coco(annotation)).toEqual({ areas: [], notes: [note] })
  }) // biome-ignore format: a table
})

/** Columns 4 to 13 with rows 4 to 13 inside, of 20 rows and 30 columns. */
function runsOfSquare(): number[] {
  return [84, 10, ...Array.from({ length: 9 }, () => [10, 10]).flat(), 326]
}

async function labelme(shape: object) {
  const document = { version: '3.16.7', shapes: [{ label: 'crack', ...shape }], imagePath: 'C:\\x\\a.png' }
  const found = await readLabelme(document)
  const { shapes, notes } = conformShapes(found?.shapes ?? [], size)
  expect(shapesSchema.safeParse(shapes).success).toBe(true)
  return {
    areas: areasOf(rasterize(shapes, size.width, size.height)),
    notes: cases([...(found?.notes ?? []), ...notes]),
  }
}

const corners = [
  [4, 4],
  [14, 4],
  [14, 14],
  [4, 14],
]

describe('a shape of labelme and X-AnyLabeling', () => {
  it.each<[string, object]>([
    ['a polygon without its kind, as version 3 wrote it', { points: corners, line_color: null, fill_color: null }],
    ['a rectangle of two corners', { shape_type: 'rectangle', points: [[14, 4], [4, 14]] }],
    ['a rectangle of four corners', { shape_type: 'rectangle', points: corners }],
    ['a turned rectangle', { shape_type: 'rotation', direction: 0.3, points: corners }],
    ['a quadrilateral', { shape_type: 'quadrilateral', points: corners }],
  ])('is read: %s', async (_, shape) => {
    expect(await labelme(shape)).toEqual({ areas: crack, notes: [] })
  }) // biome-ignore format: a table

  it('is read: a circle by its middle and a point on it', async () => {
    const { areas, notes } = await labelme({ shape_type: 'circle', points: [[10, 10], [13, 14]] }) // biome-ignore format: corners
    let area = 0
    for (let y = 0; y < 20; y += 1)
      for (let x = 0; x < 30; x += 1) if (Math.hypot(x - 9.5, y - 9.5) <= 5) area += 1
    expect({ areas, notes }).toEqual({ areas: [{ defectType: 'crack', area }], notes: [] })
  })

  it('is read: a mask, a picture in its box', async () => {
    const png = await sharp(Buffer.alloc(100, 1), { raw: { width: 10, height: 10, channels: 1 } })
      .png()
      .toBuffer()
    const shape = { shape_type: 'mask', points: [[4, 4], [13, 13]], mask: png.toString('base64') } // biome-ignore format: corners
    expect(await labelme(shape)).toEqual({ areas: crack, notes: [] })
  })

  it.each(['line', 'linestrip', 'point', 'points', 'cuboid'])(
    'has no area and is left out by name: %s',
    async (kind) => {
      expect(await labelme({ shape_type: kind, points: corners })).toEqual({
        areas: [],
        notes: ['shape-left-out/kind'],
      })
    },
  )

  it.each<[string, object]>([
    ['a corner without a number', { points: [[1, null], [2, 3], [4, 5]] }],
    ['a corner with one coordinate', { points: [[1], [2, 3], [4, 5]] }],
    ['a mask that is no picture', { shape_type: 'mask', points: [[1, 1], [2, 2]], mask: 'aGVsbG8=' }],
    ['points that are no list', { points: 'x' }],
  ])('is left out by name with %s', async (_, shape) => {
    expect(await labelme(shape)).toEqual({ areas: [], notes: ['shape-left-out/malformed'] })
  }) // biome-ignore format: a table
})

describe('shapes that are stored', () => {
  it('are cut to the picture, with every pixel of it as it was', () => {
    const points = [-5, 3, 12, -7, 40, 9, 22, 30, 10, 8, -9, 25]
    const cut = clipPolygon(points, size)
    expect(cut.isCut).toBe(true)
    expect(cut.points.every((value, i) => value >= 0 && value <= (i % 2 === 0 ? 30 : 20))).toBe(true)
    const raster = (outline: number[]) =>
      rasterize([{ kind: 'polygon', defectType: 'crack', points: outline }], size.width, size.height).data
    expect([...raster(cut.points)]).toEqual([...raster(points)])
  })

  it('are turned as EXIF turns the photograph', () => {
    const [turned] = turnShapes(
      [{ kind: 'rectangle', defectType: 'crack', x: 20, y: 2, width: 4, height: 3 }],
      size,
      6,
    )
    // Turned by a quarter: x is 20 - 2 - 3, y is 20.
    expect(turned).toMatchObject({ x: 15, y: 20, width: 3, height: 4 })
  })

  it('are not refused for more types than one photograph can have: the rest has no name', () => {
    const drawn = Array.from({ length: 300 }, (_, i) => ({
      kind: 'rectangle' as const,
      defectType: `type ${i}`,
      x: i % 30,
      y: Math.floor(i / 30),
      width: 1,
      height: 1,
    }))
    const { shapes, notes } = conformShapes(drawn, size)
    expect(cases(notes)).toEqual(['types-beyond'])
    expect(areasOf(rasterize(shapes, 30, 20))).toHaveLength(255)
  })
})
