/** Exports of Label Studio, CVAT and programs that write Pascal VOC, read into a dataset whose photographs exist. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { importFolder } from '../../../../src/main/features/import/import-folder.ts'
import { shapesOf } from '../../../../src/main/features/label/annotate.ts'
import { importMasks } from '../../../../src/main/features/label/exchange.ts'
import { brushOf, readLabelStudio } from '../../../../src/main/features/label/label-studio.ts'
import { findDataset } from '../../../../src/main/store/datasets.ts'
import { listImages } from '../../../../src/main/store/images.ts'
import { openWorkspace } from '../../../../src/main/store/workspace.ts'
import type { MaskImportFormat } from '../../../../src/shared/label.ts'
import { areasOf, rasterize } from '../../../../src/shared/rasterize.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { photograph, writeFolder } from '../import/photographs.ts'

/** Photographs of 40 x 20 pixels, so that one percent is 0.4 across and 0.2 down. */
const [width, height] = [40, 20]

async function dataset(files: readonly string[]) {
  const contents: [string, Buffer][] = []
  for (const [i, file] of files.entries()) contents.push([file, await photograph(i, width, height)])
  const folder = await writeFolder(join(temporaryFolder(), 'photographs'), Object.fromEntries(contents))
  const workspace = openWorkspace(join(temporaryFolder(), 'workspace'), { create: true })
  onTestFinished(() => workspace.close())
  await importFolder(workspace, { folder, dataset: 'parts' })
  const found = findDataset(workspace.db, 'parts')
  const labels = temporaryFolder()
  return {
    workspace,
    found,
    folder: labels,
    async read(format: MaskImportFormat, documents: Record<string, string>) {
      for (const [name, text] of Object.entries(documents)) writeFileSync(join(labels, name), text)
      const report = await importMasks(workspace, { dataset: found, format, folder: labels })
      const cased = ({ code, params }: { code: string; params: { case?: unknown } }): string =>
        params.case === undefined ? code : `${code}/${String(params.case)}`
      return {
        ...report,
        notes: report.notes.map(cased),
        skipped: report.skipped.map(({ file, code }) => `${file}: ${code}`),
      }
    },
    /** Area and first pixel of each type, by photograph. */
    async marked() {
      const marks: Record<string, string[]> = {}
      for (const { id, file } of listImages(workspace.db, { datasetId: found.id })) {
        const raster = rasterize(await shapesOf(workspace, id), width, height)
        for (const { defectType, area } of areasOf(raster)) {
          const first = raster.data.indexOf(raster.types.indexOf(defectType) + 1)
          marks[file] = [
            ...(marks[file] ?? []),
            `${defectType} ${area} from ${first % width}, ${Math.floor(first / width)}`,
          ]
        }
      }
      return marks
    },
    labels: () =>
      Object.fromEntries(
        listImages(workspace.db, { datasetId: found.id }).map(({ file, label, defectType }) => [
          file,
          defectType === null ? label : `${label} ${defectType}`,
        ]),
      ),
  }
}

/** Numbers as bits, as rle-pack writes them. */
function packed(...numbers: [value: number, bits: number][]): number[] {
  const bits = numbers.map(([value, count]) => value.toString(2).padStart(count, '0')).join('')
  return (bits.match(/.{1,8}/g) ?? []).map((byte) => Number.parseInt(byte.padEnd(8, '0'), 2))
}

/** A brush of Label Studio over a box: each pixel four equal bytes, in runs of up to 65,536. */
function brush(isMarked: (x: number, y: number) => boolean): number[] {
  const numbers: [number, number][] = [
    [width * height * 4, 32],
    [7, 5],
    [3, 4],
    [7, 4],
    [11, 4],
    [15, 4],
  ]
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      numbers.push([1, 1], [0, 2], [3, 4], [isMarked(x, y) ? 255 : 0, 8])
    }
  }
  return packed(...numbers)
}

const drawn = (type: string, value: object, more: object = {}) => ({
  id: Math.random().toString(36).slice(2),
  type,
  from_name: 'label',
  to_name: 'image',
  original_width: width,
  original_height: height,
  image_rotation: 0,
  value,
  ...more,
})
const task = (image: string, result: object[], more: object = {}) => ({
  id: 1,
  data: { image },
  annotations: [{ id: 1, completed_by: 1, was_cancelled: false, result, ...more }],
  predictions: [],
})
const box = { x: 10, y: 20, width: 25, height: 50 }
const square = [
  [10, 20],
  [35, 20],
  [35, 70],
  [10, 70],
]

describe('an export of Label Studio', () => {
  it.each<[string, object[], string[]]>([
    [
      'a polygon in percent',
      [drawn('polygonlabels', { points: square, polygonlabels: ['crack'] })],
      ['crack 100 from 4, 4'],
    ],
    [
      'a rectangle',
      [drawn('rectanglelabels', { ...box, rotation: 0, rectanglelabels: ['crack'] })],
      ['crack 100 from 4, 4'],
    ],
    [
      'a rectangle turned about its corner by a quarter',
      [
        drawn('rectanglelabels', {
          x: 50,
          y: 20,
          width: 25,
          height: 50,
          rotation: 90,
          rectanglelabels: ['crack'],
        }),
      ],
      ['crack 100 from 10, 4'],
    ],
    [
      'a brush',
      [
        drawn('brushlabels', {
          format: 'rle',
          rle: brush((x, y) => x >= 4 && x < 14 && y >= 4 && y < 14),
          brushlabels: ['crack'],
        }),
      ],
      ['crack 100 from 4, 4'],
    ],
    [
      'a shape whose word is a result of its own',
      [drawn('rectangle', box, { id: 'a' }), drawn('labels', { ...box, labels: ['crack'] }, { id: 'a' })],
      ['crack 100 from 4, 4'],
    ],
    [
      'shapes of two types',
      [
        drawn('rectanglelabels', { ...box, rectanglelabels: ['crack'] }),
        drawn('rectanglelabels', { ...box, x: 60, rectanglelabels: ['划痕'] }),
      ],
      ['crack 100 from 4, 4', '划痕 100 from 24, 4'],
    ],
  ])('has %s', async (_, result, expected) => {
    const { read, marked } = await dataset(['001.png', '002.png'])
    const report = await read('label-studio', { 'project.json': JSON.stringify([task('001.png', result)]) })
    expect(report).toEqual({ images: 1, labeled: 0, skipped: [], notes: [] })
    expect(await marked()).toEqual({ '001.png': expected })
  })

  it('has ellipses, as round as their radii are', async () => {
    const { read, marked } = await dataset(['001.png'])
    const value = { x: 50, y: 50, radiusX: 25, radiusY: 25, rotation: 0, ellipselabels: ['crack'] }
    await read('label-studio', {
      'a.json': JSON.stringify([task('001.png', [drawn('ellipselabels', value)])]),
    })
    const pixels = Array.from({ length: width * height }, (_, i) => {
      const [x, y] = [(i % width) + 0.5 - 20, Math.floor(i / width) + 0.5 - 10]
      return (x / 10) ** 2 + (y / 5) ** 2 <= 1
    }).filter(Boolean)
    const [found = ''] = (await marked())['001.png'] ?? []
    expect(Math.abs(Number(found.split(' ')[1]) - pixels.length)).toBeLessThanOrEqual(4)
  })

  it.each([
    '/data/upload/1/0a1b2c3d-001.png',
    '/data/upload/12/abc-001.png',
    '0a1b2c3d-001.png',
    's3://bucket/line/0a1b2c3d-001.png',
    's3://bucket/line 4/001.png',
    'https://host.example/files/001.png?X-Amz-Signature=abc&d=e',
    '/data/local-files/?d=parts/001.png',
    'C:\\photos\\001.png',
  ])('names its photograph by %s', async (address) => {
    const { read, marked } = await dataset(['line/001.png', 'line/1.png', 'line/abc-002.png'])
    const result = [drawn('rectanglelabels', { ...box, rectanglelabels: ['crack'] })]
    await read('label-studio', { 'a.json': JSON.stringify([task(address, result)]) })
    expect(Object.keys(await marked())).toEqual(['line/001.png'])
  })

  it('names a photograph as it was changed on uploading, which is said', async () => {
    const { read, marked } = await dataset(['part (1) x.png'])
    const result = [drawn('rectanglelabels', { ...box, rectanglelabels: ['crack'] })]
    const report = await read('label-studio', {
      'a.json': JSON.stringify([task('/data/upload/3/0a1b2c3d-part_1_x.png', result)]),
    })
    expect(report.notes).toEqual(['likely-image'])
    expect(Object.keys(await marked())).toEqual(['part (1) x.png'])
  })

  it('gives a label by a name that was changed on uploading, which is said once', async () => {
    const { read, labels } = await dataset(['part (1) x.png', '002.png'])
    const results = [
      drawn('choices', { choices: ['Scratch'] }),
      drawn('rectanglelabels', { ...box, rectanglelabels: ['crack'] }),
    ]
    for (const result of [results.slice(0, 1), results]) {
      const report = await read('label-studio', {
        'a.json': JSON.stringify([
          task('/data/upload/3/0a1b2c3d-part_1_x.png', result),
          task('002.png', [drawn('choices', { choices: ['Good'] })]),
        ]),
      })
      expect(report.notes.filter((note) => note === 'likely-image')).toHaveLength(1)
    }
    expect(labels()).toEqual({ 'part (1) x.png': 'anomalous crack', '002.png': 'normal' })
  })

  it('never draws on one of two photographs of a name by luck', async () => {
    const { read, marked } = await dataset(['a/001.png', 'b/001.png'])
    const result = [drawn('rectanglelabels', { ...box, rectanglelabels: ['crack'] })]
    const report = await read('label-studio', {
      'a.json': JSON.stringify([task('/data/upload/1/0a1b2c3d-001.png', result)]),
    })
    expect(report.skipped).toEqual(['a.json: several-images'])
    expect(await marked()).toEqual({})
  })

  it('is also read as JSON-MIN', async () => {
    const { read, marked, labels } = await dataset(['001.png', '002.png', '003.png'])
    const shape = { original_width: width, original_height: height }
    const rows = [
      {
        image: '/data/upload/1/0a1b2c3d-001.png',
        id: 1,
        label: [{ points: square, closed: true, polygonlabels: ['crack'], ...shape }],
        annotator: 1,
        annotation_id: 1,
        lead_time: 3,
      },
      {
        image: '/data/upload/1/0a1b2c3e-002.png',
        id: 2,
        choice: 'good',
        annotator: 1,
        annotation_id: 2,
        lead_time: 3,
      },
      {
        image: '/data/upload/1/0a1b2c3f-003.png',
        id: 3,
        choice: { choices: ['defect'] },
        annotator: 1,
        annotation_id: 3,
        lead_time: 3,
      },
    ]
    expect(await read('label-studio', { 'min.json': JSON.stringify(rows) })).toMatchObject({
      images: 1,
      labeled: 2,
    })
    expect(await marked()).toEqual({ '001.png': ['crack 100 from 4, 4'] })
    expect(labels()).toEqual({ '001.png': 'anomalous crack', '002.png': 'normal', '003.png': 'anomalous' })
  })

  it('gives labels by its choices, and never over another label', async () => {
    const { read, labels } = await dataset(['good/001.png', 'x/002.png', 'x/003.png', 'x/004.png'])
    const choice = (...choices: string[]) => [drawn('choices', { choices })]
    const report = await read('label-studio', {
      'a.json': JSON.stringify([
        task('001.png', choice('Scratch')),
        task('002.png', choice('Good')),
        task('003.png', choice('Scratch')),
        task('004.png', choice('not good')),
      ]),
    })
    expect(report).toMatchObject({ images: 0, labeled: 2, notes: ['table-unclear', 'label-kept'] })
    expect(labels()).toEqual({
      'good/001.png': 'normal',
      'x/002.png': 'normal',
      'x/003.png': 'anomalous Scratch',
      'x/004.png': 'unlabeled',
    })
  })

  it('is read piece by piece: what is broken costs itself alone, and is named', async () => {
    const { read, marked } = await dataset(['001.png', '002.png'])
    const fine = drawn('rectanglelabels', { ...box, rectanglelabels: ['crack'] })
    const report = await read('label-studio', {
      'a.json': JSON.stringify([
        task('001.png', [
          fine,
          drawn('keypointlabels', { x: 1, y: 1, width: 0.3, keypointlabels: ['crack'] }),
          drawn('polygonlabels', {
            points: [
              [1, null],
              [2, 3],
              [4, 5],
            ],
            polygonlabels: ['crack'],
          }),
          drawn('polygonlabels', {
            points: [
              [1, 2],
              [2, 3],
            ],
            polygonlabels: ['crack'],
          }),
          drawn('rectanglelabels', { ...box, rectanglelabels: ['good'] }),
          drawn('rectanglelabels', { ...box, rectanglelabels: ['crack'] }, { image_rotation: 90 }),
          drawn('brushlabels', { format: 'rle', rle: [255, 255, 255, 255, 0], brushlabels: ['crack'] }),
          { type: 'rectanglelabels' },
        ]),
        task('002.png', [fine], { was_cancelled: true }),
        { id: 3, data: { left: 'a.png', right: 'b.png' }, annotations: [{ result: [fine] }] },
        { id: 4, data: { image: '002.png' }, annotations: [], predictions: [{ result: [fine] }] },
        7,
      ]),
      'b.json': '{"other": 1}',
      'c.json': 'not json',
    })
    expect(report.notes.toSorted()).toEqual([
      'annotation-left-out/cancelled',
      'annotation-left-out/no-area',
      'annotation-left-out/no-photograph',
      'annotation-left-out/predicted',
      'shape-left-out/few-corners',
      'shape-left-out/good',
      'shape-left-out/kind',
      'shape-left-out/malformed',
      'shape-left-out/runs',
      'shape-left-out/turned-there',
    ])
    expect(report.skipped).toEqual(['b.json: not-of-format', 'c.json: not-of-format'])
    expect(await marked()).toEqual({ '001.png': ['crack 100 from 4, 4'] })
  })

  const frames = [{ frame: 1, enabled: true, rotation: 0, ...box }]
  it.each<[string, object, object]>([
    [
      'a keypoint',
      drawn('keypointlabels', { x: 1, y: 1, width: 0.3, keypointlabels: ['crack'] }),
      { kind: 'point' },
    ],
    [
      'a vector',
      drawn('vectorlabels', {
        vertices: [
          { x: 1, y: 1 },
          { x: 9, y: 9 },
        ],
        closed: false,
        vectorlabels: ['crack'],
      }),
      { kind: 'vector' },
    ],
    [
      'a mask as an address',
      drawn('bitmasklabels', { imageDataURL: 'data:image/png;base64,', bitmasklabels: ['crack'] }),
      { kind: 'bitmask' },
    ],
  ])('names %s beside what it takes', async (_, piece, params) => {
    const { workspace, found, folder, marked } = await dataset(['001.png'])
    const fine = drawn('rectanglelabels', { ...box, rectanglelabels: ['crack'] })
    writeFileSync(join(folder, 'a.json'), JSON.stringify([task('001.png', [fine, piece])]))
    const { notes } = await importMasks(workspace, { dataset: found, format: 'label-studio', folder })
    expect(notes).toMatchObject([
      { code: 'shape-left-out', params: { case: 'kind', image: '001.png', count: 1, ...params } },
    ])
    expect(await marked()).toEqual({ '001.png': ['crack 100 from 4, 4'] })
  })

  it.each<[string, object]>([
    ['videorectangle', drawn('videorectangle', { sequence: frames, framesCount: 9, labels: ['crack'] })],
    ['relation', { type: 'relation', from_id: 'a', to_id: 'b', direction: 'right' }],
    ['textarea', drawn('textarea', { text: ['deep'] })],
    ['rating', drawn('rating', { rating: 4 }, { id: 'a' })],
    ['choices', drawn('choices', { ...box, rotation: 0, choices: ['deep'] }, { id: 'a' })],
    ['number', drawn('number', { number: 3 })],
    ['rectanglelabels', { id: 'x', type: 'rectanglelabels' }],
    ['unknown', {}],
  ])('names a result of the kind %s, which marks no area', async (kind, piece) => {
    const { workspace, found, folder, marked, labels } = await dataset(['001.png', '002.png'])
    const fine = drawn('rectanglelabels', { ...box, rectanglelabels: ['crack'] }, { id: 'a' })
    const tasks = [task('001.png', [piece, fine]), task('002.png', [piece])]
    writeFileSync(join(folder, 'a.json'), JSON.stringify(tasks))
    const report = await importMasks(workspace, { dataset: found, format: 'label-studio', folder })
    const params = { case: 'no-area', kind, count: 2 }
    expect(report.notes).toEqual([{ file: 'a.json', code: 'annotation-left-out', params }])
    expect(await marked()).toEqual({ '001.png': ['crack 100 from 4, 4'] })
    expect(labels()).toEqual({ '001.png': 'anomalous crack', '002.png': 'unlabeled' })
  })

  it('names what marks no area in JSON-MIN too', async () => {
    const { workspace, found, folder } = await dataset(['001.png'])
    const row = { image: '001.png', id: 1, track: [{ sequence: frames, labels: ['crack'] }], annotator: 1 }
    writeFileSync(join(folder, 'a.json'), JSON.stringify([row]))
    const { notes } = await importMasks(workspace, { dataset: found, format: 'label-studio', folder })
    const params = { case: 'no-area', kind: 'video', count: 1 }
    expect(notes).toEqual([{ file: 'a.json', code: 'annotation-left-out', params }])
  })

  it('is of another size by its own words: it is named, and nothing is read for that size', async () => {
    const { read, marked } = await dataset(['001.png'])
    const claimed = 32_767
    const rle = packed([claimed * claimed * 4, 32], [7, 5], [3, 4], [7, 4], [11, 4], [15, 4])
    const size = { original_width: claimed, original_height: claimed }
    const shape = drawn('brushlabels', { format: 'rle', rle, brushlabels: ['crack'] }, size)
    const report = await read('label-studio', { 'a.json': JSON.stringify([task('001.png', [shape])]) })
    expect(report).toEqual({ images: 0, labeled: 0, skipped: ['a.json: other-size'], notes: [] })
    expect(await marked()).toEqual({})
    const [reading] = readLabelStudio([task('001.png', [shape])])?.tasks ?? []
    expect(reading?.shapesOn({ width, height })).toEqual({ shapes: [], notes: [] })
  })

  it('cannot reserve memory for a brush of another size', () => {
    expect(brushOf(packed([4_000_000_000, 32]), 'crack', { width, height })).toBeNull()
    expect(brushOf(packed([width * height * 4, 32], [7, 5]), 'crack', { width, height })).toBeNull()
  })
})

const cvat = (...images: string[]): string =>
  `<?xml version="1.0" encoding="utf-8"?><annotations><version>1.1</version><meta><task><name>a</name></task></meta>${images.join('')}</annotations>`
const image = (name: string, ...shapes: string[]): string =>
  `<image id="0" name="${name}" width="${width}" height="${height}">${shapes.join('')}</image>`

describe('an XML export of CVAT', () => {
  it.each([
    [
      'a polygon',
      '<polygon label="crack" points="4.00,4.00;14.00,4.00;14.00,14.00;4.00,14.00" z_order="0"/>',
      'crack 100 from 4, 4',
    ],
    ['a box', '<box label="crack" xtl="4.00" ytl="4.00" xbr="14.00" ybr="14.00"/>', 'crack 100 from 4, 4'],
    [
      'a box turned about its middle',
      '<box label="crack" xtl="2" ytl="8" xbr="22" ybr="12" rotation="90.0"/>',
      'crack 80 from 10, 0',
    ],
    ['a circle', '<ellipse label="crack" cx="9.5" cy="9.5" rx="0.6" ry="0.6"/>', 'crack 1 from 9, 9'],
    [
      'a mask',
      '<mask label="crack" left="4" top="5" width="3" height="2" rle="1, 2, 3"/>',
      'crack 2 from 5, 5',
    ],
  ])('has %s', async (_, shape, expected) => {
    const { read, marked } = await dataset(['a/001.png'])
    const report = await read('cvat', { 'annotations.xml': cvat(image('a/001.png', shape)) })
    expect(report).toEqual({ images: 1, labeled: 0, skipped: [], notes: [] })
    expect(await marked()).toEqual({ 'a/001.png': [expected] })
  })

  it('has shapes above one another, in their order', async () => {
    const { read, marked } = await dataset(['001.png'])
    const high = '<box label="dent" xtl="4" ytl="4" xbr="9" ybr="14" z_order="2"/>'
    const low = '<box label="crack" xtl="4" ytl="4" xbr="14" ybr="14" z_order="1"/>'
    await read('cvat', { 'annotations.xml': cvat(image('001.png', high, low)) })
    expect((await marked())['001.png']?.toSorted()).toEqual(['crack 50 from 9, 4', 'dent 50 from 4, 4'])
  })

  it('has the shapes of a video on photographs that are called as its frames', async () => {
    const { read, marked } = await dataset(['images/frame_000000.png', 'images/frame_000012.png'])
    const track = (label: string, ...shapes: string[]): string =>
      `<track id="0" label="${label}">${shapes.join('')}</track>`
    const boxOn = (frame: number, outside = 0): string =>
      `<box frame="${frame}" outside="${outside}" xtl="4" ytl="4" xbr="14" ybr="14"/>`
    const polygon = '<polygon frame="12" outside="0" points="20,4;30,4;30,14;20,14"/>'
    const report = await read('cvat', {
      'annotations.xml': cvat(track('crack', boxOn(0), boxOn(12), boxOn(13, 1)), track('划痕', polygon)),
    })
    expect(report).toEqual({ images: 2, labeled: 0, skipped: [], notes: [] })
    expect(await marked()).toEqual({
      'images/frame_000000.png': ['crack 100 from 4, 4'],
      'images/frame_000012.png': ['crack 100 from 4, 4', '划痕 100 from 20, 4'],
    })
  })

  it('says how many shapes of a video have no photograph', async () => {
    const { workspace, found, folder } = await dataset(['001.png'])
    const boxes = [3, 4, 5].map((frame) => `<box frame="${frame}" xtl="4" ytl="4" xbr="14" ybr="14"/>`)
    const text = cvat(`<track id="0" label="crack">${boxes.join('')}</track>`)
    writeFileSync(join(folder, 'annotations.xml'), text)
    const { notes } = await importMasks(workspace, { dataset: found, format: 'cvat', folder })
    const params = { case: 'track', count: 3, name: 'frame_000003' }
    expect(notes).toEqual([{ file: 'annotations.xml', code: 'annotation-left-out', params }])
  })

  it('gives labels by its tags, and names what it cannot use', async () => {
    const { read, labels } = await dataset(['001.png', '002.png', '003.png'])
    const report = await read('cvat', {
      'annotations.xml': cvat(
        image('001.png', '<tag label="good"/>'),
        image(
          '002.png',
          '<tag label="crack"/>',
          '<polyline label="crack" points="1,1;2,2"/>',
          '<points label="crack" points="1,1"/>',
        ),
        image('004.png', '<box label="crack" xtl="4" ytl="4" xbr="9" ybr="9"/>'),
        image(
          '003.png',
          '<box label="crack" xtl="4" ytl="x" xbr="9" ybr="9"/>',
          '<mask label="crack" left="0" top="0" width="100000" height="100000" rle="0,100"/>',
          '<mask label="crack" left="0" top="0" width="2" height="2" rle="0,100"/>',
          '<mask label="crack" left="0" top="0" width="2" height="2" rle="-1,2"/>',
        ),
        '<track id="0" label="crack"><box frame="0" xtl="1" ytl="1" xbr="5" ybr="5"/></track>',
      ),
      'broken.xml': '<annotations><image name="001.png">',
      'bomb.xml':
        '<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]><annotations><image name="&d;"/></annotations>',
    })
    expect(report).toMatchObject({ images: 0, labeled: 2 })
    expect(report.notes.toSorted()).toEqual([
      'annotation-left-out/track',
      'shape-left-out/kind',
      'shape-left-out/kind',
      'shape-left-out/malformed',
      'shape-left-out/runs',
      'shape-left-out/runs-size',
      'shape-left-out/runs-sum',
    ])
    expect(report.skipped.toSorted()).toEqual([
      'annotations.xml: marks-no-pixel',
      'annotations.xml: no-such-image',
      'annotations.xml: refused',
      'bomb.xml: not-of-format',
      'broken.xml: not-of-format',
    ])
    expect(labels()).toEqual({ '001.png': 'normal', '002.png': 'anomalous crack', '003.png': 'unlabeled' })
  })
})

const voc = (filename: string, ...objects: string[]): string =>
  `<annotation><folder>x</folder><filename>${filename}</filename><size><width>${width}</width><height>${height}</height><depth>1</depth></size>${objects.join('')}</annotation>`
const object = (name: string, inside: string): string => `<object><name>${name}</name>${inside}</object>`
const bndbox = '<bndbox><xmin>4</xmin><ymin>4</ymin><xmax>14</xmax><ymax>14</ymax></bndbox>'

describe('documents of Pascal VOC', () => {
  it('have boxes, and the polygons and turned boxes that some programs add', async () => {
    const { read, marked } = await dataset(['a/001.png', 'a/002.png', 'a/003.png', 'a/004.png'])
    const report = await read('voc', {
      '001.xml': voc('001.png', object('crack', bndbox)),
      '002.xml': voc(
        '0.jpg',
        object(
          'crack',
          '<polygon><pt><x>4</x><y>4</y></pt><pt><x>14</x><y>4</y></pt><pt><x>14</x><y>14</y></pt><pt><x>4</x><y>14</y></pt></polygon>',
        ),
      ),
      '003.xml': voc(
        '003.png',
        object(
          'crack',
          '<polygon><x1>4</x1><y1>4</y1><x2>14</x2><y2>4</y2><x3>14</x3><y3>14</y3><x4>4</x4><y4>14</y4></polygon>',
        ),
      ),
      '004.xml': voc(
        'C:\\x\\004.png',
        object(
          'crack',
          '<robndbox><cx>9</cx><cy>9</cy><w>10</w><h>10</h><angle>1.5707963</angle></robndbox>',
        ),
      ),
    })
    expect(report).toEqual({ images: 4, labeled: 0, skipped: [], notes: [] })
    expect(new Set(Object.values(await marked()).flat())).toEqual(new Set(['crack 100 from 4, 4']))
  })

  it('without an object say nothing, and a broken object costs itself alone', async () => {
    const { read, marked, labels } = await dataset(['001.png', '002.png'])
    const report = await read('voc', {
      '001.xml': voc('001.png'),
      '002.xml': voc(
        '002.png',
        object('crack', bndbox),
        object('good', bndbox),
        object('x', ''),
        object('x', '<bndbox><xmin>a</xmin></bndbox>'),
      ),
    })
    expect(report.notes).toEqual([
      'shape-left-out/good',
      'shape-left-out/nothing-drawn',
      'shape-left-out/malformed',
    ])
    expect(await marked()).toEqual({ '002.png': ['crack 100 from 4, 4'] })
    expect(labels()['001.png']).toBe('unlabeled')
  })
})
