/** Folders of kinds that people met with other tools, imported as they are; see the README beside the cases. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { importFolder } from '../../../../src/main/features/import/import-folder.ts'
import { readMask } from '../../../../src/main/images/mask.ts'
import { findDataset } from '../../../../src/main/store/datasets.ts'
import { blobFormat, listImages } from '../../../../src/main/store/images.ts'
import { verifyWorkspace } from '../../../../src/main/store/verify.ts'
import type { ImportReport } from '../../../../src/shared/import.ts'
import { freshWorkspace } from '../../store/stocked-workspace.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'

const cases = resolve('../shared/data/cases')
if (!existsSync(cases)) console.log(`skipped: the folders of ${cases}, which is absent`)

interface Row {
  file: string
  split: string
  label: string
  defectType: string | null
  /** Pixels that the mask marks; null without one. */
  area: number | null
}

async function imported(
  folder: string,
  options: { followLinks?: boolean } = {},
): Promise<{ report: ImportReport; rows: Row[] }> {
  const workspace = freshWorkspace()
  const report = await importFolder(workspace, { folder, dataset: 'parts', ...options })
  const { db, blobs } = workspace
  const rows: Row[] = []
  for (const { file, split, label, defectType, maskSha256 } of listImages(db, {
    datasetId: findDataset(db, 'parts').id,
  })) {
    const format = maskSha256 === null ? undefined : blobFormat(db, maskSha256)
    const mask = maskSha256 && format ? await readMask(blobs.path(maskSha256, format)) : null
    rows.push({ file, split, label, defectType, area: mask?.area ?? null })
  }
  expect((await verifyWorkspace(workspace)).problems).toEqual([])
  return { report, rows }
}

const count = (rows: readonly Row[], wanted: Partial<Row>): number =>
  rows.filter((row) =>
    Object.entries({ ...row, ...wanted }).every(
      ([key, value]) => new Map(Object.entries(row)).get(key) === value,
    ),
  ).length

/** Unpacks names that a checkout would not keep. */
function unpacked(archive: string): string {
  const folder = temporaryFolder()
  execFileSync('tar', ['xf', join(cases, archive), '-C', folder])
  return join(folder, archive.replace('.tar', ''))
}

describe.skipIf(!existsSync(cases))('01: masks beside photographs', () => {
  it.each(['ksdd2', 'ksdd'])('are attached and say what is good: %s', async (name) => {
    const { report, rows } = await imported(join(cases, '01-ksdd2-gt-beside', name))
    expect(report).toMatchObject({ recognized: 'kolektor', imported: 12, refused: [], unlabeled: 0 })
    expect(rows.filter(({ file }) => /_GT|_label/.test(file))).toEqual([])
    expect(count(rows, { label: 'anomalous', area: 400 })).toBe(report.masks)
    expect(count(rows, { label: 'normal', area: null })).toBe(12 - report.masks)
    expect(rows.filter(({ split, label }) => split === 'train' && label !== 'normal')).toEqual([])
  })
})

describe.skipIf(!existsSync(cases))('03: VisA', () => {
  it.each(['pcb1', 'pcb1/Data'])('comes in with its masks from %s', async (name) => {
    const { report, rows } = await imported(join(cases, '03-visa-data-masks', name))
    expect(report).toMatchObject({ recognized: 'visa', imported: 10, refused: [] })
    expect(count(rows, { label: 'normal' })).toBe(8)
    expect(
      count(rows, { label: 'anomalous', area: 400 }) + count(rows, { label: 'anomalous', area: 800 }),
    ).toBe(2)
  })

  it('has the types of its table', async () => {
    const { rows } = await imported(join(cases, '03-visa-data-masks/pcb1'))
    expect(count(rows, { file: 'Data/Images/Anomaly/000.JPG', defectType: 'bent' })).toBe(1)
  })
})

describe.skipIf(!existsSync(cases))('04: BTAD', () => {
  it('comes in with ok, ko and masks of another ending', async () => {
    const { report, rows } = await imported(join(cases, '04-btad-ok-ko/01'))
    expect(report).toMatchObject({ recognized: 'btad', imported: 10, refused: [], warnings: [] })
    expect(count(rows, { split: 'test', label: 'normal' })).toBe(2)
    expect(count(rows, { split: 'test', label: 'anomalous', area: 400 })).toBe(2)
  })

  it('says bad with "ko" in a plain folder too', async () => {
    const { rows } = await imported(join(cases, '04-btad-ok-ko/flat'))
    expect([count(rows, { label: 'normal' }), count(rows, { label: 'anomalous' })]).toEqual([4, 2])
  })
})

describe.skipIf(!existsSync(cases))('05: names of masks', () => {
  it('are all understood', async () => {
    const { report, rows } = await imported(join(cases, '05-mask-name-variants/set'))
    expect(count(rows, { label: 'anomalous', area: 400 })).toBe(9)
    expect(report.warnings).toEqual([])
  })
})

describe.skipIf(!existsSync(cases))('07: photographs of one name', () => {
  it('share no mask: sizes decide, or both are named', async () => {
    const { report, rows } = await imported(join(cases, '07-same-stem-png-jpg/set'))
    expect(rows.filter(({ area }) => area !== null).map(({ file }) => file)).toEqual(['test/crack/000.png'])
    expect(report.warnings.map(({ file, code }) => [file, code])).toEqual([
      ['ground_truth/scratch/001_mask.png', 'mask-ambiguous'],
      ['test/crack/000.jpg', 'no-mask'],
      ['test/scratch/001.bmp', 'no-mask'],
      ['test/scratch/001.tif', 'no-mask'],
    ])
    expect(report.warnings[0]?.params).toEqual({ files: ['test/scratch/001.bmp', 'test/scratch/001.tif'] })
  })
})

describe.skipIf(!existsSync(cases))('08: the same number in train, validation and test', () => {
  it('gives the mask to the test photograph alone', async () => {
    const { report, rows } = await imported(join(cases, '08-val-test-same-number/set'))
    expect(rows.filter(({ area }) => area !== null)).toEqual([
      { file: 'test/crack/000.png', split: 'test', label: 'anomalous', defectType: 'crack', area: 400 },
    ])
    expect(count(rows, { file: 'train/crack/000.png', split: 'validation' })).toBe(1)
    expect(report.warnings.map(({ file, code }) => [file, code])).toEqual([
      ['train/crack/000.png', 'no-mask'],
      ['validation/crack/000.png', 'no-mask'],
    ])
  })
})

describe.skipIf(!existsSync(cases))('09: words of folders', () => {
  it('are understood, or said not to be; never as their opposite', async () => {
    const { report, rows } = await imported(join(cases, '09-folder-words/set'))
    const labels = Object.fromEntries(rows.map(({ file, label }) => [file.split('/')[0], label]))
    expect(labels).toEqual({
      Ok: 'normal',
      'OK ': 'normal',
      ＯＫ: 'normal',
      '01_OK': 'normal',
      良品フォルダ: 'normal',
      ＮＧ: 'anomalous',
      NG品: 'anomalous',
      not_ok: 'unlabeled',
      no_defect: 'unlabeled',
      'non-defective': 'unlabeled',
    })
    expect(report.unlabeled).toBe(6)
    expect(report.warnings.map(({ file, code }) => [file, code])).toEqual([
      ['not_ok', 'folder-unclear'],
      ['no_defect', 'folder-unclear'],
      ['non-defective', 'folder-unclear'],
    ])
  })
})

describe.skipIf(!existsSync(cases) || process.platform === 'win32')('10: links', () => {
  it('are named where a folder has nothing else', async () => {
    const folder = join(unpacked('10-symlinks.tar'), 'all-links')
    await expect(imported(folder)).rejects.toMatchObject({
      code: 'folder-empty',
      params: { case: 'links', count: 6 },
    })
    const { report } = await imported(folder, { followLinks: true })
    expect(report.imported).toBe(6)
  })

  it('are named one by one, and nothing else is lost', async () => {
    const folder = unpacked('10-symlinks.tar')
    const { report } = await imported(join(folder, 'mixed'))
    expect(report.imported).toBe(4)
    expect(report.refused.map(({ file, code }) => [file, code])).toEqual(
      [
        'linked-folder',
        'outside',
        'good/broken.png',
        'good/linked0.png',
        'good/linked1.png',
        'good/loop',
      ].map((file) => [file, 'link-not-followed']),
    )
  })

  it('may lead to the folder itself', async () => {
    const { report } = await imported(join(unpacked('10-symlinks.tar'), 'root-link'))
    expect(report.imported).toBe(4)
  })
})

describe.skipIf(!existsSync(cases) || process.platform !== 'linux')('11: names that are no text', () => {
  it('are named as bytes, and stop nothing', async () => {
    const { report } = await imported(join(unpacked('11-gbk-names.tar'), 'set'))
    expect(report.imported).toBe(4)
    expect(report.refused.map(({ file, code }) => [file, code])).toEqual([
      ['\\xB2\\xBB\\xC1\\xBC', 'name-not-utf8'],
      ['good/\\xC1\\xD1\\xCE\\xC6.png', 'name-not-utf8'],
    ])
  })
})

describe.skipIf(!existsSync(cases) || process.platform !== 'linux')('14: hostile names', () => {
  it('are all imported under their own names, or named', async () => {
    const { report, rows } = await imported(join(unpacked('14-hostile-names.tar'), 'set'))
    expect(report.refused).toEqual([{ file: 'good/.hidden.png', code: 'hidden-photograph', params: {} }])
    expect(rows.length + report.duplicates.length).toBe(49)
    expect(rows.map(({ file }) => file)).toContain('good/\u001b[31mred\u001b[0m.png')
  })
})

describe.skipIf(!existsSync(cases))('15: junk beside photographs', () => {
  it('is passed over and counted', async () => {
    const { report, rows } = await imported(join(cases, '15-junk-beside/set'))
    expect(rows.map(({ split, label }) => `${split === 'test' ? 'test' : 'train'} ${label}`).sort()).toEqual([
      'test anomalous',
      'test normal',
      ...Array.from({ length: 6 }, () => 'train normal'),
    ])
    expect(new Set(rows.map(({ defectType }) => defectType))).toEqual(new Set([null, 'crack']))
    expect(report.refused.map(({ file }) => file).sort()).toEqual([
      'notes.docx',
      'train/good/labels.csv',
      'train/train.txt',
    ])
    expect(report.passedOver.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['synology', 'windows', 'notebooks', 'macos', 'unfinished']),
    )
    expect(report.passedOver.reduce((sum, passed) => sum + passed.count, 0)).toBeGreaterThanOrEqual(18)
  })
})
