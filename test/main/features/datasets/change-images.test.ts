import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it, onTestFinished } from 'vitest'
import { changeImages, splitImages } from '../../../../src/main/features/datasets/change-images.ts'
import { findDuplicates } from '../../../../src/main/features/datasets/find-duplicates.ts'
import { createGridAnswers } from '../../../../src/main/features/datasets/grid-answers.ts'
import { importFolder } from '../../../../src/main/features/import/import-folder.ts'
import { writeSampleLine } from '../../../../src/main/features/sample/write.ts'
import { listAudit } from '../../../../src/main/store/audit.ts'
import { datasetByName, datasetSummary } from '../../../../src/main/store/datasets.ts'
import { decide } from '../../../../src/main/store/decisions.ts'
import { freezeValidation, validationFrozenAt } from '../../../../src/main/store/frozen.ts'
import { gridOrder } from '../../../../src/main/store/image-grid.ts'
import { findOrMakeOperator } from '../../../../src/main/store/operators.ts'
import { attachWorkspace, openWorkspace } from '../../../../src/main/store/workspace.ts'
import type { GridFilter, GridSort, ImageChange } from '../../../../src/shared/dataset.ts'
import { partPicture } from '../../engine/parts.ts'
import { queuedRun } from '../../store/queued-run.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { writeFolder } from '../import/photographs.ts'
import { writeLine } from '../line.ts'

async function line(folder?: string) {
  const source = folder ?? (await writeLine(join(temporaryFolder(), 'photographs'), { good: 10, test: 6 }))
  const workspace = openWorkspace(join(temporaryFolder(), 'workspace'), { create: true })
  onTestFinished(() => workspace.close())
  await importFolder(workspace, { folder: source, dataset: 'parts' })
  const dataset = datasetByName(workspace.db, 'parts')
  if (!dataset) throw new RangeError('nothing was imported')
  const { db } = workspace
  const reader = attachWorkspace(workspace.dir)
  onTestFinished(() => reader.close())
  const answers = createGridAnswers(reader.db)
  const shown = (filter: GridFilter = {}, sort: Partial<GridSort> = {}, page = { offset: 0, limit: 100 }) =>
    answers({ dataset: 'parts', filter, sort: { by: 'added', descending: false, ...sort }, ...page })
  const files = (filter: GridFilter = {}, sort: Partial<GridSort> = {}): string[] =>
    shown(filter, sort).images.map(({ file }) => file)
  const change = (filter: GridFilter, what: ImageChange) =>
    changeImages(db, { datasetId: dataset.id, choice: { filter }, change: what, operator: null })
  return { workspace, db, dataset, shown, files, change, source }
}

describe('a change of many images', () => {
  it.each<ImageChange>([
    { kind: 'label', label: 'normal', defectType: null },
    { kind: 'label', label: 'anomalous', defectType: 'chip' },
    { kind: 'split', split: 'test' },
    { kind: 'remove' },
    { kind: 'restore' },
  ])('tells what brings each image back to how it was: %o', async (what) => {
    const { db, dataset, shown, change } = await line()
    change({ text: 'dent/1' }, { kind: 'remove' })
    const states = () =>
      [false, true].flatMap((removed) =>
        shown({ removed }).images.map(({ id, split, label, defectType }) => [
          id,
          removed,
          split,
          label,
          defectType,
        ]),
      )
    const before = states()
    // Those that were removed before, too.
    const ids = before.map(([id]) => Number(id))
    const { wayBack } = changeImages(db, {
      datasetId: dataset.id,
      choice: { ids },
      change: what,
      operator: null,
    })
    expect(states()).not.toEqual(before)
    for (const { ids: some, change: back } of wayBack) {
      changeImages(db, { datasetId: dataset.id, choice: { ids: some }, change: back, operator: null })
    }
    expect(states()).toEqual(before)
  })
})

describe('the grid', () => {
  it('shows what a filter asks for, in the asked order', async () => {
    const { db, shown, files } = await line()
    expect(files({ label: 'anomalous', defectType: 'dent' })).toEqual([
      'test/dent/1.png',
      'test/dent/3.png',
      'test/dent/5.png',
    ])
    expect(files({ text: 'DENT/' }, { by: 'file', descending: true })[0]).toBe('test/dent/5.png')
    expect(shown({ split: 'test', label: 'normal' }, {}, { offset: 0, limit: 1 }).total).toBe(3)
    expect(files({ importedFrom: db.now() + 1000 })).toEqual([])
  })

  it('finds images by the decision that stands', async () => {
    const { db, shown, files } = await line()
    const [first, second] = shown({ split: 'test' }).images
    if (!first || !second) throw new RangeError('no images')
    const operatorId = findOrMakeOperator(db, 'Wang Li').id
    decide(db, { runId: null, imageId: first.id, operatorId, decision: 'reject' })
    decide(db, { runId: null, imageId: first.id, operatorId, decision: 'accept' })
    decide(db, { runId: null, imageId: second.id, operatorId, decision: 'reject' })
    expect(files({ decision: 'accept' })).toEqual([first.file])
    expect(files({ decision: 'reject' })).toEqual([second.file])
    expect(files({ decision: 'none' })).toHaveLength(14)
  })

  it('goes by the scores of a run, and then shows only what has one', async () => {
    const { db, dataset, shown, files } = await line()
    const run = queuedRun(db, dataset.id).id
    const [a, b, c] = shown().images
    if (!a || !b || !c) throw new RangeError('no images')
    const scores = [
      [a.id, 0.5],
      [b.id, 0.9],
      [c.id, 0.5],
    ] as const
    for (const [image, score] of scores) {
      db.run(
        `INSERT INTO score (run_id, image_id, score, tiles, components, scored_at)
         VALUES ($run, $image, $score, 1, $components, 1)`,
        { run, image, score, components: Buffer.alloc(4) },
      )
    }
    expect(files({ run }, { by: 'score', descending: true })).toEqual([b.file, a.file, c.file])
    expect(files({ run }, { by: 'score' })).toEqual([a.file, c.file, b.file])
    expect(files({ run, scoreTo: 0.6 }, { by: 'added', descending: true })).toEqual([c.file, a.file])
    expect(files({ run, scoreFrom: 0.6 })).toEqual([b.file])
    expect(shown({ run }, { by: 'score' }, { offset: 2, limit: 5 })).toMatchObject({
      total: 3,
      images: [{ id: b.id, score: 0.9 }],
    })
  })

  it('knows what was written since the last page', async () => {
    const { db, shown } = await line()
    expect(shown().total).toBe(16)
    db.run('UPDATE image SET removed_at = 1 WHERE id = 1')
    expect(shown().total).toBe(15)
  })
})

describe('changing images', () => {
  it('removes and restores all that a filter shows', async () => {
    const { db, dataset, change, files } = await line()
    expect(change({ label: 'anomalous' }, { kind: 'remove' })).toMatchObject({ changed: 3 })
    expect(files()).toHaveLength(13)
    expect(datasetSummary(db, dataset)).toMatchObject({ images: 13, removed: 3 })
    expect(change({ removed: true }, { kind: 'restore' })).toMatchObject({ changed: 3 })
    expect(files()).toHaveLength(16)
  })

  it('labels with a kind of defect only what is anomalous', async () => {
    const { change, files } = await line()
    change({ split: 'test' }, { kind: 'label', label: 'anomalous', defectType: 'scratch' })
    expect(files({ defectType: 'scratch' })).toHaveLength(6)
    change({ split: 'test' }, { kind: 'label', label: 'normal', defectType: 'scratch' })
    expect(files({ defectType: 'scratch' })).toHaveLength(0)
  })

  it('is recorded in the name of who does it, whatever the change', async () => {
    const { db, dataset } = await line()
    const changes: ImageChange[] = [
      { kind: 'label', label: 'normal', defectType: null },
      { kind: 'split', split: 'train' },
      { kind: 'remove' },
      { kind: 'restore' },
    ]
    for (const change of changes) {
      const [id = 0] = gridOrder(
        db,
        dataset.id,
        { removed: change.kind === 'restore' },
        { by: 'added', descending: false },
      )
      changeImages(db, { datasetId: dataset.id, choice: { ids: [id] }, change, operator: 'Li Na' })
      expect(listAudit(db)[0]).toMatchObject({ image: id, operator: 'Li Na' })
    }
  })

  it('is refused as a whole where one image is in a frozen validation set', async () => {
    const { db, dataset, change, files } = await line()
    freezeValidation(db, dataset.id, true)
    const frozen = expect.objectContaining({ code: 'validation-frozen' })
    expect(() => change({ label: 'normal' }, { kind: 'remove' })).toThrow(frozen)
    expect(() => change({ split: 'test' }, { kind: 'split', split: 'validation' })).toThrow(frozen)
    expect(files()).toHaveLength(16)
    expect(change({ split: 'test' }, { kind: 'split', split: 'train' })).toMatchObject({ changed: 6 })
  })

  it('shares out to the splits as it said before', async () => {
    const { db, dataset } = await line()
    const split = {
      validation: 0.3,
      test: 0.2,
      anomalous: null,
      only: 'all' as const,
      seed: 4,
      stratified: true,
      pattern: null,
    }
    const said = splitImages(db, { datasetId: dataset.id, split, apply: false, operator: null })
    splitImages(db, { datasetId: dataset.id, split, apply: true, operator: 'Li Na' })
    expect(datasetSummary(db, dataset).splits).toEqual(said.after)
    expect(listAudit(db)[0]).toMatchObject({ action: 'image.moved', operator: 'Li Na', dataset: 'parts' })
  })
})

describe('a validation set', () => {
  it("is frozen and let go in somebody's name, and a second time changes nothing", async () => {
    const { db, dataset } = await line()
    for (const frozen of [true, true]) freezeValidation(db, dataset.id, frozen, 'Li Na')
    const since = validationFrozenAt(db, dataset.id) ?? 0
    for (const frozen of [false, false]) freezeValidation(db, dataset.id, frozen, 'Li Na')
    const rows = listAudit(db, { operator: 'Li Na' })
    expect(rows.map(({ action, dataset: of }) => [action, of])).toEqual([
      ['dataset.unfrozen', 'parts'],
      ['dataset.frozen', 'parts'],
    ])
    expect(rows[0]?.detail).toEqual({ since: new Date(since).toISOString() })
  })
})

describe('an import into a dataset with a frozen validation set', () => {
  it('leaves the set as it was', async () => {
    const { workspace, db, dataset } = await line()
    const before = datasetSummary(db, dataset).splits.validation
    freezeValidation(db, dataset.id, true)
    const folder = await writeFolder(join(temporaryFolder(), 'more'), {
      'train/good/a.png': await partPicture(501),
      'train/good/b.png': await partPicture(502),
      'validation/good/c.png': await partPicture(503),
      'test/dent/d.png': await partPicture(504, { defect: true }),
    })
    await importFolder(workspace, { folder, dataset: 'parts' })
    expect(datasetSummary(db, dataset).splits).toEqual({ train: 10, validation: before, test: 8, live: 0 })
  })
})

describe('duplicates across splits', () => {
  it('are found where the same picture is in another file, and not where pictures differ', async () => {
    const picture = await partPicture(7)
    const files = {
      'train/good/a.png': picture,
      'train/good/b.png': await partPicture(8),
      'train/good/c.png': await partPicture(9),
      'test/good/a again.webp': await sharp(picture).webp({ lossless: true }).toBuffer(),
      'test/good/d.png': await partPicture(10),
    }
    const { workspace, dataset } = await line(await writeFolder(join(temporaryFolder(), 'pictures'), files))
    const report = await findDuplicates(workspace, dataset.id)
    const pairs = report.pairs.map(({ a, b }) => [a.file, b.file].sort())
    expect(pairs).toContainEqual(['test/good/a again.webp', 'train/good/a.png'])
    expect(report.found).toBe(report.pairs.length)
    expect(report.unreadable).toEqual([])
  })

  it('are told from other parts of a line whose photographs all look alike', async () => {
    const sample = join(temporaryFolder(), 'sample')
    await writeSampleLine(sample, { seed: 1, trainCount: 30, testGoodCount: 6, perDefectCount: 0 })
    const [copied] = (await readdir(join(sample, 'train', 'good'))).sort()
    const picture = await readFile(join(sample, 'train', 'good', copied ?? ''))
    await writeFile(
      join(sample, 'test', 'good', 'again.webp'),
      await sharp(picture).webp({ lossless: true }).toBuffer(),
    )
    const { workspace, dataset } = await line(sample)
    const { pairs } = await findDuplicates(workspace, dataset.id)
    expect(pairs.map(({ a, b }) => [a.file, b.file].sort())).toEqual([
      ['test/good/again.webp', `train/good/${copied}`],
    ])
  })
})
