/** Everything about labels and masks that the screens can do, through the real command line. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { writeLine } from '../features/line.ts'
import { sharedFolder } from '../store/temporary-folder.ts'
import { fanoscope } from './fanoscope.ts'

const folder = sharedFolder()
const workspace = join(folder, 'workspace')
const answer = async (line: string[], code = 0): Promise<unknown> => {
  const finished = await fanoscope([...line, '--workspace', workspace, '--json'])
  expect([finished.code, finished.stderr]).toEqual([code, finished.stderr])
  return finished.document()
}

const imageSchema = z.object({
  image: z.int(),
  file: z.string(),
  split: z.string(),
  label: z.string(),
  defectType: z.string().nullable(),
  mask: z.boolean(),
})
const listed = z.object({ images: z.array(imageSchema) })
const typesSchema = z.object({ types: z.array(z.object({ name: z.string() })) })
const list = async (...filter: string[]) =>
  listed.parse(await answer(['label', '--dataset', 'parts', '--list', ...filter])).images

beforeAll(async () => {
  const photographs = await writeLine(join(folder, 'photographs'), { good: 2, test: 4 })
  await answer(['import', photographs, '--dataset', 'parts'])
})

describe('label', () => {
  it('lists images, and sets label, defect type and split by number and by path', async () => {
    const [first, second] = await list('--label', 'anomalous')
    if (!first || !second) throw new RangeError('no anomalous image')
    const set = [
      'label',
      '--image',
      `${first.image},${second.image}`,
      '--defect-type',
      'scratch',
      '--operator',
      'Li Na',
    ]
    expect(listed.parse(await answer(set)).images).toMatchObject([
      { label: 'anomalous', defectType: 'scratch' },
      { label: 'anomalous', defectType: 'scratch' },
    ])
    await answer(['label', '--dataset', 'parts', '--file', first.file, '--set', 'unlabeled'])
    expect(await list('--label', 'unlabeled')).toMatchObject([{ file: first.file, defectType: null }])
    await answer(['label', '--image', String(second.image), '--move', 'validation'])
    expect((await list()).find(({ image }) => image === second.image)?.split).toBe('validation')
  })

  it('takes the mask of an image from a picture, and removes it', async () => {
    const [image] = await list('--split', 'test')
    if (!image) throw new RangeError('no image')
    const [stored] = z
      .array(z.object({ width: z.int(), height: z.int() }))
      .parse([await sharp(join(folder, 'photographs', image.file)).metadata()])
    const { width = 0, height = 0 } = stored ?? {}
    const mask = join(folder, 'mask.png')
    await sharp({ create: { width, height, channels: 3, background: '#ffffff' } })
      .composite([
        { input: { create: { width: 4, height: 5, channels: 3, background: '#000000' } }, left: 2, top: 3 },
      ])
      .png()
      .toFile(mask)
    const id = String(image.image)
    const said = await answer(['label', '--image', id, '--mask', mask, '--invert', '--defect-type', 'dent'])
    expect(said).toMatchObject({
      images: [{ mask: true, defectType: 'dent' }],
      areas: [{ defectType: 'dent', area: 20 }],
    })
    expect(await answer(['label', '--image', id, '--clear-mask'])).toMatchObject({
      images: [{ mask: false }],
    })
  })

  it('sets the defect types of a dataset in their order', async () => {
    const said = await answer(['label', '--dataset', 'parts', '--types', 'crack, stain'])
    // Those that images have follow.
    expect(
      typesSchema
        .parse(said)
        .types.slice(0, 2)
        .map(({ name }) => name),
    ).toEqual(['crack', 'stain'])
  })

  it.each([
    ['no image named', ['label', '--set', 'normal']],
    ['two changes', ['label', '--image', '1', '--set', 'normal', '--move', 'test']],
    ['an action that is none', ['masks', 'send', 'x', '--dataset', 'parts']],
    ['a badge of nobody', ['operators', '--badge', '1']],
  ])('exits 2 at %s', async (_, line) => {
    await answer(line, 2)
  })
})

describe('masks', () => {
  it('are written and read', async () => {
    const format = 'coco'
    const [image] = await list('--split', 'test')
    if (!image) throw new RangeError('no image')
    const out = join(folder, `out-${format}`)
    const mask = join(folder, `mask-${format}.png`)
    const { width, height } = await sharp(join(folder, 'photographs', image.file)).metadata()
    await sharp({ create: { width, height, channels: 3, background: '#000000' } })
      .composite([
        { input: { create: { width: 4, height: 5, channels: 3, background: '#ffffff' } }, left: 2, top: 3 },
      ])
      .png()
      .toFile(mask)
    await answer(['label', '--image', String(image.image), '--mask', mask])
    const written = await answer(['masks', 'export', out, '--dataset', 'parts', '--format', format])
    expect(written).toMatchObject({ dataset: 'parts', images: 1, files: 1, notes: [] })
    await answer(['label', '--image', String(image.image), '--clear-mask'])
    const read = await answer([
      'masks',
      'import',
      out,
      '--dataset',
      'parts',
      '--format',
      format,
      '--operator',
      'Li Na',
    ])
    expect(read).toMatchObject({ images: 1, skipped: [], notes: [] })
    await answer(['label', '--image', String(image.image), '--clear-mask'])
  })

  it('have names from other programs that neither steer a terminal nor look like rows', async () => {
    const steering = 'a\u001b[2J\nb\u202ec\u0007.png'
    const labels = join(folder, 'hostile')
    mkdirSync(labels, { recursive: true })
    const shape = {
      label: steering,
      shape_type: `l${steering}`,
      points: [
        [1, 1],
        [5, 1],
        [5, 5],
      ],
    }
    writeFileSync(join(labels, 'a.json'), JSON.stringify({ shapes: [], imagePath: steering }))
    writeFileSync(
      join(labels, 'b.json'),
      JSON.stringify({ shapes: [shape], imagePath: (await list('--label', 'anomalous'))[0]?.file }),
    )
    const line = ['masks', 'import', labels, '--dataset', 'parts', '--format', 'labelme']
    const { stdout, code } = await fanoscope([...line, '--workspace', workspace])
    expect(code).toBe(1)
    expect(stdout).not.toMatch(/[^\P{Cc}\n]|[\u202a-\u202e]/u)
    expect(
      stdout
        .trim()
        .split('\n')
        .map((row) => row.slice(0, 10)),
    ).toEqual(['0 images o', 'Not used, ', '  a.json: ', '  b.json: ', 'Notes, 1:', '  b.json: '])
    const typed = [
      'label',
      '--dataset',
      'parts',
      '--image',
      String((await list())[0]?.image),
      '--defect-type',
      steering,
    ]
    const set = await fanoscope([...typed, '--workspace', workspace])
    expect(set.stdout + set.stderr).not.toMatch(/[^\P{Cc}\n]|[\u202a-\u202e]/u)
  })

  it('that are photographs are named, and the command fails', async () => {
    const said = await answer(['masks', 'import', join(folder, 'photographs'), '--dataset', 'parts'], 1)
    expect(said).toMatchObject({
      images: 0,
      skipped: expect.arrayContaining([
        expect.objectContaining({ message: expect.stringContaining('not a mask') }),
      ]),
    })
  })
})

describe('operators', () => {
  it('are listed and added, with a PIN and a badge that stay until they are changed', async () => {
    await answer(['operators', '--add', 'Wang Wei'])
    await answer(['operators', '--name', 'Wang Wei', '--new-pin', '471108'])
    await answer(['operators', '--name', 'Wang Wei', '--badge', '0012'], 1)
    const said = await answer(['operators', '--name', 'Wang Wei', '--pin', '471108', '--badge', '0012'])
    expect(said).toMatchObject({
      operators: expect.arrayContaining([
        expect.objectContaining({ name: 'Wang Wei', hasPin: true, hasBadge: true }),
      ]),
    })
  })

  it('prove who they are with their PIN, and their name is in the audit', async () => {
    const [image] = await list('--limit', '1')
    if (!image) throw new RangeError('no image')
    const who = ['--operator', 'Wang Wei', '--workspace', workspace, '--json']
    const act = ['label', '--image', String(image.image), '--set', 'normal', ...who]
    const refused = await fanoscope(act)
    expect(refused.document()).toMatchObject({ error: { code: 'pin-needed' } })
    const wrong = await fanoscope([...act, '--pin-stdin'], { input: '999999\n' })
    expect(wrong.document()).toMatchObject({ error: { code: 'pin-wrong' } })
    const done = await fanoscope([...act, '--pin-stdin'], { input: '471108\n' })
    expect(done).toMatchObject({ code: 0 })
    const types = ['label', '--dataset', 'parts', '--types', 'scratch,dent', ...who, '--pin-stdin']
    expect(await fanoscope(types, { input: '471108\n' })).toMatchObject({ code: 0 })
    expect(await answer(['audit', '--action', 'dataset.types', '--operator', 'Wang Wei'])).toMatchObject({
      entries: [expect.objectContaining({ operator: 'Wang Wei' })],
    })
    // Who typed a wrong PIN is not known.
    expect(await answer(['audit', '--action', 'operator.pin-wrong'])).toMatchObject({
      entries: [expect.objectContaining({ operator: null })],
    })
  })
})

describe('verify --mend', () => {
  it('says that there is nothing to mend', async () => {
    expect(await answer(['verify', '--mend'])).toMatchObject({
      ok: true,
      mending: { mended: [], backup: null },
    })
  })
})
