import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { importFolder } from '../../../../src/main/features/import/import-folder.ts'
import { importFolderTask } from '../../../../src/main/features/import/import-task.ts'
import { planFolder } from '../../../../src/main/features/layouts/plan.ts'
import { createRandom } from '../../../../src/main/platform/random.ts'
import { findDataset, listDatasets } from '../../../../src/main/store/datasets.ts'
import { listImages, removeImage } from '../../../../src/main/store/images.ts'
import { listImports } from '../../../../src/main/store/imports.ts'
import { createRun } from '../../../../src/main/store/runs.ts'
import { verifyWorkspace } from '../../../../src/main/store/verify.ts'
import { openWorkspace, type Workspace } from '../../../../src/main/store/workspace.ts'
import { runWorkspaceTask } from '../../../../src/main/threads/run-task.ts'
import type { ImportReport } from '../../../../src/shared/import.ts'
import { message } from '../../../../src/shared/messages/message.ts'
import { wordsIn } from '../../../../src/shared/messages/words.ts'
import { freshWorkspace } from '../../store/stocked-workspace.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { mask, numbered, photograph, writeFolder } from './photographs.ts'

const english = wordsIn('en')

const awkward = resolve('../shared/data/awkward')
const tiles = resolve('../shared/data/magnetic-tile')
const figures = resolve('../shared/data/molded-figure')
for (const folder of [awkward, tiles, figures]) {
  if (!existsSync(folder))
    console.log(`skipped: the tests with real photographs in ${folder}, which is absent`)
}

/** Everything about a dataset's images but their ids and the time. */
const contentOf = ({ db }: Workspace, name = 'parts') =>
  listImages(db, { datasetId: findDataset(db, name).id }).map(
    ({ id, datasetId, importedAt, ...rest }) => rest,
  )

const withoutTime = ({ seconds, ...rest }: ImportReport) => rest

const sound = async (workspace: Workspace): Promise<void> =>
  expect((await verifyWorkspace(workspace)).problems).toEqual([])

describe.skipIf(!existsSync(awkward))('the awkward folder', () => {
  const expected = z.record(z.string(), z.object({ outcome: z.string(), reason: z.string().optional() }))

  it('comes out as it should, and nothing stops the rest', async () => {
    const workspace = freshWorkspace()
    const report = await importFolder(workspace, { folder: awkward, dataset: 'parts' })
    const files = expected.parse(JSON.parse(readFileSync(join(awkward, 'expected.json'), 'utf8')))
    const imported = new Map(contentOf(workspace).map((image) => [image.file, image]))
    const refused = new Map(
      report.refused.map((refusal) => [refusal.file, english.text('failure', refusal, 'title')]),
    )
    const duplicates = new Map(report.duplicates.map(({ file, of }) => [file, of]))

    for (const [file, { outcome, reason }] of Object.entries(files)) {
      if (outcome === 'refused') expect(refused.get(file)).toContain(reason)
      // Three files that are "ok" have the very bytes of gray.png as well: such a file is read, and not counted twice.
      else if (outcome === 'ok') expect(imported.has(file) || duplicates.get(file) === 'gray.png').toBe(true)
      else expect(duplicates.get(file)).toBe('gray.png')
    }
    expect(report.imported).toBe(imported.size)
    expect(imported.size + refused.size + duplicates.size).toBe(readdirSync(awkward).length)
    await sound(workspace)
  })

  it('imports each of its good files when it comes alone', async () => {
    const files = expected.parse(JSON.parse(readFileSync(join(awkward, 'expected.json'), 'utf8')))
    const workspace = freshWorkspace()
    for (const [i, [file, { outcome }]] of Object.entries(files).entries()) {
      const folder = await writeFolder(temporaryFolder(), { [file]: readFileSync(join(awkward, file)) })
      const { imported } = await importFolder(workspace, { folder, dataset: `alone ${i}` })
      expect([file, imported]).toEqual([file, outcome === 'refused' ? 0 : 1])
    }
  })
})

describe.skipIf(!existsSync(tiles))('the magnetic tiles', () => {
  it('keep their splits, types and masks; only train/good gives validation images', async () => {
    const workspace = freshWorkspace()
    const report = await importFolder(workspace, { folder: tiles, dataset: 'parts' })
    expect(report).toMatchObject({
      layout: 'mvtec',
      imported: 814,
      duplicates: [],
      refused: [],
      splits: { train: 408, validation: 72, test: 334, live: 0 },
    })
    const images = contentOf(workspace)
    for (const image of images) {
      const [split, type] = image.file.split('/')
      expect(image.split === 'test').toBe(split === 'test')
      expect(image.label).toBe(type === 'good' ? 'normal' : 'anomalous')
      expect(image.defectType).toBe(type === 'good' ? null : type)
    }
    const emptyMasks = report.warnings.filter(({ code }) => code === 'mask-empty').length
    expect(images.filter(({ maskSha256 }) => maskSha256 !== null)).toHaveLength(194 - emptyMasks)
  })
})

describe.skipIf(!existsSync(figures))('the molded figures', () => {
  it('get splits of their own, with no defect in training', async () => {
    const workspace = freshWorkspace()
    const report = await importFolder(workspace, { folder: figures, dataset: 'parts' })
    expect(report).toMatchObject({
      layout: 'flat',
      imported: 76,
      splits: { train: 32, validation: 16, test: 28, live: 0 },
    })
    const train = contentOf(workspace).filter(({ split }) => split === 'train')
    expect(train.every(({ label, channels }) => label === 'normal' && channels === 3)).toBe(true)
  })
})

describe('importing', () => {
  it('records each photograph with its place, size and label', async () => {
    const folder = await writeFolder(temporaryFolder(), {
      'test/dent/1.png': await photograph(1, 40, 30),
      'train/good/1.png': 2,
    })
    const workspace = freshWorkspace()
    await importFolder(workspace, { folder, dataset: 'parts' })
    expect(contentOf(workspace)).toMatchObject([
      { file: 'train/good/1.png', split: 'train', label: 'normal', width: 24 },
      {
        file: 'test/dent/1.png',
        split: 'test',
        label: 'anomalous',
        defectType: 'dent',
        width: 40,
        height: 30,
        channels: 1,
        bitDepth: 8,
        format: 'png',
      },
    ])
  })

  it('twice changes nothing and says so', async () => {
    const folder = await writeFolder(temporaryFolder(), {
      ...numbered('good', 60),
      'bad/x.txt': 'no image',
      'good/copy of 1.png': 1,
    })
    const workspace = freshWorkspace()
    const first = await importFolder(workspace, { folder, dataset: 'parts' })
    const before = contentOf(workspace)
    const second = await importFolder(workspace, { folder, dataset: 'PARTS' })
    expect(first).toMatchObject({
      imported: 60,
      already: 0,
      duplicates: [{ file: 'good/copy of 1.png', of: 'good/1.png' }],
    })
    expect(second).toMatchObject({
      imported: 0,
      already: 60,
      duplicates: first.duplicates,
      refused: first.refused,
    })
    expect(second.splits).toEqual(first.splits)
    expect(contentOf(workspace)).toEqual(before)
  })

  it('adds more photographs to a dataset without moving those that a run has used', async () => {
    const workspace = freshWorkspace()
    await importFolder(workspace, {
      folder: await writeFolder(temporaryFolder(), numbered('good', 20)),
      dataset: 'parts',
    })
    const before = contentOf(workspace)
    const { id } = findDataset(workspace.db, 'parts')
    createRun(workspace.db, {
      datasetId: id,
      model: 'fanogan',
      preset: 'q',
      seed: 1,
      config: {},
      stepsTotal: 1,
    })
    const report = await importFolder(workspace, {
      folder: await writeFolder(temporaryFolder(), numbered('good', 20, 100)),
      dataset: 'parts',
    })
    expect(report.splits).toEqual({ train: 28, validation: 6, test: 6, live: 0 })
    expect(contentOf(workspace).slice(0, 20)).toEqual(before)
  })

  it('takes a file whose content has changed as a new photograph', async () => {
    const folder = await writeFolder(temporaryFolder(), { 'good/1.png': 1 })
    const workspace = freshWorkspace()
    await importFolder(workspace, { folder, dataset: 'parts' })
    await writeFolder(folder, { 'good/1.png': 2 })
    expect(await importFolder(workspace, { folder, dataset: 'parts' })).toMatchObject({
      imported: 1,
      already: 0,
    })
    expect(contentOf(workspace).map(({ file }) => file)).toEqual(['good/1.png', 'good/1.png'])
  })

  it('does not bring back a photograph that was removed', async () => {
    const folder = await writeFolder(temporaryFolder(), numbered('good', 3))
    const workspace = freshWorkspace()
    await importFolder(workspace, { folder, dataset: 'parts' })
    const [image] = listImages(workspace.db, { datasetId: findDataset(workspace.db, 'parts').id })
    removeImage(workspace.db, image?.id ?? 0)
    const report = await importFolder(workspace, { folder, dataset: 'parts' })
    expect(report).toMatchObject({ imported: 0, already: 2 })
    expect(report.warnings).toContainEqual({
      file: image?.file,
      ...message('removed'),
    })
  })

  it('tells that one photograph is in training and in test, and keeps it for training only', async () => {
    const folder = await writeFolder(temporaryFolder(), {
      'train/good/1.png': 1,
      'train/good/2.png': 2,
      'test/good/9.png': 1,
      'test/dent/8.png': 2,
    })
    const workspace = freshWorkspace()
    const report = await importFolder(workspace, { folder, dataset: 'parts' })
    expect(report.duplicates).toEqual([
      { file: 'test/dent/8.png', of: 'train/good/2.png' },
      { file: 'test/good/9.png', of: 'train/good/1.png' },
    ])
    expect(report.warnings.map((warning) => english.text('warning', warning))).toEqual([
      expect.stringContaining('labeled normal as train/good/2.png and anomalous here'),
      expect.stringContaining('for training as train/good/1.png and for testing here'),
    ])
    expect(report.splits.test).toBe(0)
  })

  it('says that normal photographs are missing, and can take unlabeled ones for normal', async () => {
    const folder = await writeFolder(
      temporaryFolder(),
      Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`${i}.png`, i])),
    )
    const workspace = freshWorkspace()
    const unlabeled = await importFolder(workspace, { folder, dataset: 'a' })
    expect(unlabeled.splits).toEqual({ train: 0, validation: 0, test: 10, live: 0 })
    expect(unlabeled.warnings).toEqual([{ file: '.', ...message('no-normal') }])
    const normal = await importFolder(workspace, { folder, dataset: 'b', unlabeledAs: 'normal' })
    expect(normal.splits).toEqual({ train: 6, validation: 2, test: 2, live: 0 })
    expect(normal.warnings).toEqual([])
  })

  it('refuses a folder that is absent, empty or of another layout, and makes no dataset', async () => {
    const workspace = freshWorkspace()
    const into = (folder: string, layout: 'auto' | 'mvtec' = 'auto') =>
      importFolder(workspace, { folder, dataset: 'parts', layout })
    await expect(into(join(temporaryFolder(), 'none'))).rejects.toMatchObject({ code: 'folder-unreadable' })
    await expect(into(temporaryFolder())).rejects.toMatchObject({ code: 'folder-empty' })
    await expect(into(await writeFolder(temporaryFolder(), { 'a.png': 1 }), 'mvtec')).rejects.toMatchObject({
      code: 'layout-mismatch',
    })
    expect(() => findDataset(workspace.db, 'parts')).toThrow()
  })

  it('leaves no dataset behind that nothing came into, and keeps one that was there before', async () => {
    const workspace = freshWorkspace()
    const notes = await writeFolder(temporaryFolder(), { 'a.txt': 'not a picture', 'b.png': 'neither' })
    const report = await importFolder(workspace, { folder: notes, dataset: 'notes' })
    expect(report).toMatchObject({ imported: 0, refused: [{ file: 'a.txt' }, { file: 'b.png' }] })
    expect(listDatasets(workspace.db)).toEqual([])
    const good = await writeFolder(temporaryFolder(), numbered('good', 2))
    await importFolder(workspace, { folder: good, dataset: 'notes' })
    await importFolder(workspace, { folder: notes, dataset: 'notes' })
    expect(contentOf(workspace, 'notes')).toHaveLength(2)
  })

  it('takes what a person says of a folder over what its name says', async () => {
    const folder = await writeFolder(temporaryFolder(), {
      ...numbered('monday', 4),
      ...numbered('good', 3, 10),
      ...numbered('old', 2, 20),
      'loose.png': 30,
    })
    const workspace = freshWorkspace()
    const correction = { skip: false, split: null, label: 'normal', defectType: null } as const
    const report = await importFolder(workspace, {
      folder,
      dataset: 'parts',
      corrections: [
        { ...correction, path: 'monday', split: 'test', label: 'anomalous', defectType: 'dent' },
        { ...correction, path: 'good', split: 'train' },
        { ...correction, path: 'old', skip: true },
        { ...correction, path: '.' },
      ],
    })
    expect(report.imported).toBe(8)
    const rows = contentOf(workspace).map(({ file, split, label, defectType }) => ({
      file,
      split,
      label,
      defectType,
    }))
    const monday = { split: 'test', label: 'anomalous', defectType: 'dent' }
    const good = { split: 'train', label: 'normal', defectType: null }
    expect(rows).toEqual(
      expect.arrayContaining([
        ...[0, 1, 2, 3].map((i) => ({ file: `monday/${i}.png`, ...monday })),
        ...[0, 1, 2].map((i) => ({ file: `good/${i}.png`, ...good })),
        expect.objectContaining({ file: 'loose.png', label: 'normal' }),
      ]),
    )
  })

  it('takes no picture that looks like a mask, also where the plan could not look at all of them', async () => {
    const folder = await writeFolder(temporaryFolder(), {
      ...numbered('good', 3),
      'good/7_mask.png': await mask(),
    })
    const plan = await planFolder(folder)
    const planned = { split: null, label: 'normal', defectType: null, masks: [], maskLike: true }
    const as = join(temporaryFolder(), 'plan.json')
    writeFileSync(
      as,
      JSON.stringify({
        ...plan,
        photographs: [
          ...plan.photographs.map((photograph) => ({ ...photograph, maskLike: true })),
          { ...planned, file: 'good/7_mask.png' },
        ],
      }),
    )
    const report = await importFolder(freshWorkspace(), { folder, dataset: 'parts', as })
    expect(report.imported).toBe(3)
    expect(report.refused).toEqual([{ file: 'good/7_mask.png', code: 'looks-like-mask', params: {} }])
  })

  it('refuses to leave every folder out', async () => {
    const folder = await writeFolder(temporaryFolder(), numbered('good', 2))
    const corrections = [
      { path: 'good', skip: true, split: null, label: 'normal', defectType: null } as const,
    ]
    await expect(
      importFolder(freshWorkspace(), { folder, dataset: 'parts', corrections }),
    ).rejects.toMatchObject({ code: 'folder-empty' })
  })

  it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
    'lists a file that may not be read',
    async () => {
      const folder = await writeFolder(temporaryFolder(), numbered('good', 2))
      chmodSync(join(folder, 'good', '0.png'), 0)
      const report = await importFolder(freshWorkspace(), { folder, dataset: 'parts' })
      expect(report).toMatchObject({ imported: 1, refused: [{ file: 'good/0.png', code: 'unreadable' }] })
    },
  )

  it('reports its progress up to the last file', async () => {
    const folder = await writeFolder(temporaryFolder(), numbered('good', 5))
    const seen: number[] = []
    await importFolder(freshWorkspace(), {
      folder,
      dataset: 'parts',
      onProgress({ done, total, secondsLeft }) {
        seen.push(done)
        expect(total).toBe(5)
        if (done === 5) expect(secondsLeft).toBe(0)
      },
    })
    expect(seen).toEqual([0, 1, 2, 3, 4, 5])
  })
})

describe('masks', () => {
  const base = { 'train/good/1.png': 1, 'test/dent/1.png': 2, 'test/dent/2.png': 3, 'test/good/1.png': 4 }

  it('are attached by their stem', async () => {
    const folder = await writeFolder(temporaryFolder(), {
      ...base,
      'ground_truth/dent/1_mask.png': await mask(),
      'ground_truth/dent/2_mask.png': await mask(24, 24, 1),
    })
    const workspace = freshWorkspace()
    expect((await importFolder(workspace, { folder, dataset: 'parts' })).warnings).toEqual([])
    expect(contentOf(workspace).map(({ file, maskSha256 }) => [file, maskSha256 !== null])).toEqual([
      ['train/good/1.png', false],
      ['test/dent/1.png', true],
      ['test/dent/2.png', true],
      ['test/good/1.png', false],
    ])
    await sound(workspace)
  })

  it('are left out with a reason where they do not fit, and the photograph is imported all the same', async () => {
    const folder = await writeFolder(temporaryFolder(), {
      ...base,
      'test/dent/3.png': 5,
      'test/dent/4.png': 6,
      'ground_truth/dent/1_mask.png': await mask(48, 48),
      'ground_truth/dent/2_mask.png': 'no image',
      'ground_truth/dent/3_mask.png': await mask(24, 24, 0),
      'ground_truth/good/1_mask.png': await mask(),
      'ground_truth/dent/77_mask.png': await mask(),
    })
    const workspace = freshWorkspace()
    const report = await importFolder(workspace, { folder, dataset: 'parts' })
    expect(report.imported).toBe(6)
    expect(
      new Map(report.warnings.map((warning) => [warning.file, english.text('warning', warning)])),
    ).toEqual(
      new Map([
        [
          'ground_truth/dent/1_mask.png',
          'not used: the mask has 48 x 48 pixels, test/dent/1.png has 24 x 24',
        ],
        ['ground_truth/dent/2_mask.png', 'not used: not an image, by its content'],
        ['ground_truth/dent/3_mask.png', 'not used: the mask of test/dent/3.png marks no pixel'],
        ['test/dent/4.png', 'no mask belongs to this photograph'],
        ['ground_truth/good/1_mask.png', 'not used: test/good/1.png is labeled normal'],
        ['ground_truth/dent/77_mask.png', 'not used: no photograph belongs to this mask'],
      ]),
    )
    expect(contentOf(workspace).every(({ maskSha256 }) => maskSha256 === null)).toBe(true)
    await sound(workspace)
  })

  it('can be added by a later import', async () => {
    const folder = await writeFolder(temporaryFolder(), base)
    const workspace = freshWorkspace()
    await importFolder(workspace, { folder, dataset: 'parts' })
    await writeFolder(folder, { 'ground_truth/dent/1_mask.png': await mask() })
    const report = await importFolder(workspace, { folder, dataset: 'parts' })
    expect(report).toMatchObject({ imported: 0, already: 4 })
    expect(contentOf(workspace).filter(({ maskSha256 }) => maskSha256 !== null)).toHaveLength(1)
    await sound(workspace)
  })
})

describe('an import that does not finish', () => {
  let folder = ''
  const content = async (): Promise<Record<string, number | string | Buffer>> => ({
    ...numbered('train/good', 110),
    ...numbered('test/dent', 30, 500),
    'train/good/copy of 7.png': 7,
    'train/good/notes.txt': 'no image',
    'ground_truth/dent/3_mask.png': await mask(),
  })
  beforeAll(async () => {
    folder = await writeFolder(
      join(resolve('node_modules/.cache'), `fanoscope-import-${process.pid}`),
      await content(),
    )
    return () => rmSync(folder, { recursive: true, force: true })
  })

  /** Kills a program in the middle of an import, once it says that `at` files are done. */
  async function importKilledAt(dir: string, at: number): Promise<void> {
    const script = join(import.meta.dirname, 'import-until-killed.ts')
    const child = spawn(process.execPath, [script, dir, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    for await (const line of createInterface(child.stdout)) {
      expect(line).not.toBe('finished')
      if (Number(line) >= at) break
    }
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }

  it('leaves nothing half there when killed at ten moments, and the same import again completes it', async () => {
    const whole = freshWorkspace()
    const wanted = await importFolder(whole, { folder, dataset: 'parts' })
    const random = createRandom(20)
    const moments = Array.from({ length: 10 }, () => 1 + random.int(140))
    for (const moment of moments) {
      const dir = join(temporaryFolder(), 'killed')
      await importKilledAt(dir, moment)
      const workspace = openWorkspace(dir)
      await sound(workspace)
      const kept = contentOf(workspace).length
      const report = await importFolder(workspace, { folder, dataset: 'parts' })
      expect(report.already).toBe(kept)
      expect({ ...withoutTime(report), imported: report.imported + kept, already: 0 }).toEqual(
        withoutTime(wanted),
      )
      expect(contentOf(workspace)).toEqual(contentOf(whole))
      const [latest, killed] = listImports(workspace.db, findDataset(workspace.db, 'parts').id)
      expect([latest?.state, killed?.state]).toEqual(['done', 'interrupted'])
      await sound(workspace)
      workspace.close()
    }
  })

  it('keeps whole batches when it is cancelled, and goes on when repeated', async () => {
    const workspace = freshWorkspace()
    const abort = new AbortController()
    const options = { folder, dataset: 'parts' }
    await expect(
      importFolder(workspace, {
        ...options,
        signal: abort.signal,
        onProgress: ({ done }) => void (done === 70 && abort.abort()),
      }),
    ).rejects.toMatchObject({ code: 'import-cancelled' })
    expect(contentOf(workspace).length).toBeGreaterThan(0)
    await sound(workspace)
    const report = await importFolder(workspace, options)
    expect(report.imported + report.already).toBe(140)
  })

  it('says that the disk is full, keeps what was confirmed, and goes on when there is room', async () => {
    const workspace = freshWorkspace()
    const { db } = workspace
    const pages =
      z.array(z.object({ page_count: z.int() })).parse(db.pragma('page_count'))[0]?.page_count ?? 0
    db.pragma(`max_page_count = ${pages + 6}`)
    const options = { folder, dataset: 'parts' }
    await expect(importFolder(workspace, options)).rejects.toMatchObject({ code: 'disk-full' })
    await sound(workspace)
    db.pragma('max_page_count = 1000000')
    const report = await importFolder(workspace, options)
    expect(report.imported + report.already).toBe(140)
    await sound(workspace)
  })
})

describe('an import in a thread', () => {
  it('comes to the same result beside main', async () => {
    const folder = await writeFolder(temporaryFolder(), {
      ...numbered('good', 70),
      'bad/1.png': 500,
      'x.txt': 'x',
    })
    const [here, beside] = [freshWorkspace(), freshWorkspace()]
    const wanted = await importFolder(here, { folder, dataset: 'parts', seed: 5 })
    const seen: number[] = []
    const report = await runWorkspaceTask(
      beside,
      importFolderTask,
      { folder, dataset: 'parts', seed: 5 },
      { onProgress: ({ done }) => void seen.push(done) },
    )
    expect(withoutTime(report)).toEqual(withoutTime(wanted))
    expect(contentOf(beside)).toEqual(contentOf(here))
    // 70 good ones and a bad one; the text is left out before anything is read.
    expect(seen.at(-1)).toBe(71)
  })

  it('can be cancelled from main', async () => {
    const folder = await writeFolder(temporaryFolder(), numbered('good', 5))
    const workspace = freshWorkspace()
    const signal = AbortSignal.abort()
    const importing = runWorkspaceTask(workspace, importFolderTask, { folder, dataset: 'parts' }, { signal })
    await expect(importing).rejects.toMatchObject({
      code: 'import-cancelled',
      remedy: expect.stringContaining('again'),
    })
  })

  it('leaves the workspace usable by main meanwhile', async () => {
    const folder = await writeFolder(temporaryFolder(), numbered('good', 60))
    const workspace = freshWorkspace()
    const importing = runWorkspaceTask(workspace, importFolderTask, { folder, dataset: 'parts' })
    expect(listImports(workspace.db, 'none')).toEqual([])
    writeFileSync(join(workspace.paths.logs, 'a.log'), '')
    expect((await importing).imported).toBe(60)
  })
})
