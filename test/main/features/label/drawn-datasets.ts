/** Datasets drawn at random, by seeds: names as people and programs write them, sizes, shapes and defect types. */
import fc from 'fast-check'
import type { Shape } from '../../../../src/shared/label.ts'

export interface DrawnImage {
  file: string
  width: number
  height: number
  shapes: Shape[]
}

const side = fc.integer({ min: 16, max: 40 })

/** Names that systems, tools and people write; a folder takes each of them on Linux. */
const stem = fc.oneof(
  fc.constantFrom(
    '000',
    '001',
    '01',
    'Part0',
    'part0',
    'CON',
    'nul',
    'a.b',
    'a b',
    'part_mask',
    '000_gt',
    '1_mask_0',
  ),
  fc.constantFrom(
    '划痕',
    'ＯＫ',
    'Kratzer ü',
    'u\u0308',
    '\u00fc',
    '傷',
    'a?b',
    'a*b',
    'a:b',
    'x<y',
    '=1+1',
    'dot.',
    '100%',
  ),
  fc
    .string({ minLength: 1, maxLength: 12, unit: 'grapheme' })
    .map((text) => text.replaceAll(/[/\\\0]|^\.+/g, '_')),
)
const folder = fc.constantFrom(
  'test/crack',
  'test/dent',
  'test/Crack',
  'validation/crack',
  'test/good',
  'train/good',
)
const ending = fc.constantFrom('.png', '.PNG', '.bmp', '.tif')

const defectType = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('crack', 'dent', 'Dent', '划痕', 'a b', 'Kratzer ü') },
  fc
    .string({ minLength: 1, maxLength: 30, unit: 'grapheme' })
    .map((text) =>
      text
        .normalize('NFC')
        .replaceAll(/\p{Cc}/gu, '')
        .trim(),
    )
    .map((text) => (text === '' ? 'defect' : text)),
)

const place = fc.integer({ min: -20, max: 240 }).map((fifth) => fifth / 5)

const corners = fc.array(fc.tuple(place, place), { minLength: 3, maxLength: 7 }).map((pairs) => pairs.flat())

const shape = (type: fc.Arbitrary<string>): fc.Arbitrary<Shape> =>
  fc.oneof(
    fc.record({
      kind: fc.constant('rectangle' as const),
      defectType: type,
      x: place,
      y: place,
      width: fc.integer({ min: 1, max: 100 }).map((fifth) => fifth / 5),
      height: fc.integer({ min: 1, max: 100 }).map((fifth) => fifth / 5),
    }),
    fc.record({
      kind: fc.constant('polygon' as const),
      defectType: type,
      points: corners,
    }),
    fc.record({
      kind: fc.constant('polygon' as const),
      defectType: type,
      points: corners,
      holes: fc.array(corners, { minLength: 1, maxLength: 2 }),
    }),
    fc.record({
      kind: fc.constant('stroke' as const),
      defectType: fc.oneof({ weight: 3, arbitrary: type }, fc.constant(null)),
      size: fc.integer({ min: 5, max: 100 }).map((tenth) => tenth / 10),
      points: fc
        .array(fc.tuple(place, place), { minLength: 1, maxLength: 4 })
        .map((corners) => corners.flat()),
    }),
  )

/** Shapes of one type or of several, one above the other. */
const shapes = fc.oneof(
  defectType.chain((type) => fc.array(shape(fc.constant(type)), { minLength: 0, maxLength: 4 })),
  fc.array(shape(defectType), { minLength: 0, maxLength: 5 }),
)

const image: fc.Arbitrary<DrawnImage> = fc.record({
  file: fc.tuple(folder, stem, ending).map(([inside, name, end]) => `${inside}/${name}${end}`),
  width: side,
  height: side,
  shapes,
})

/** The photographs of one dataset: several of one stem among them, never two of one path. */
export const drawnDataset: fc.Arbitrary<DrawnImage[]> = fc
  .uniqueArray(image, { minLength: 2, maxLength: 6, selector: ({ file }) => file })
  .filter((images) => images.some((one) => one.shapes.length > 0))
