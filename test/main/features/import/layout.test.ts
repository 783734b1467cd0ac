import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  detectLayout,
  listFolder,
  maskKey,
  place,
  suggestedName,
} from '../../../../src/main/features/import/layout.ts'
import { previewFolder } from '../../../../src/main/features/import/preview-folder.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { writeFolder } from './photographs.ts'

const folderWith = (...files: string[]): Promise<string> =>
  writeFolder(temporaryFolder(), Object.fromEntries(files.map((file) => [file, ''])))

describe('the layout of a folder', () => {
  it('is mvtec where there is train/good', async () => {
    expect(await detectLayout(await folderWith('train/good/1.png', 'test/dent/1.png'), 'auto')).toBe('mvtec')
    expect(await detectLayout(await folderWith('Train/OK/1.png'), 'auto')).toBe('mvtec')
  })

  it('is flat otherwise', async () => {
    expect(await detectLayout(await folderWith('1.png'), 'auto')).toBe('flat')
    expect(await detectLayout(await folderWith('good/1.png', 'bad/1.png'), 'auto')).toBe('flat')
    expect(await detectLayout(await folderWith('train/1.png'), 'auto')).toBe('flat')
  })

  it('is what a person says', async () => {
    expect(await detectLayout(await folderWith('train/good/1.png'), 'flat')).toBe('flat')
    await expect(detectLayout(await folderWith('1.png'), 'mvtec')).rejects.toMatchObject({
      code: 'layout-mismatch',
    })
  })

  it('is not guessed for a folder of several datasets', async () => {
    const folder = await folderWith('bottle/train/good/1.png', 'bottle/test/good/1.png')
    await expect(detectLayout(folder, 'auto')).rejects.toMatchObject({
      code: 'several-datasets',
      remedy: expect.stringContaining(join(folder, 'bottle')),
    })
  })
})

describe('what a place says in the layout of MVTec AD', () => {
  it.each([
    ['train/good/1.png', null, 'normal', null],
    ['train/scratch/1.png', 'validation', 'anomalous', 'scratch'],
    ['validation/good/1.png', 'validation', 'normal', null],
    ['test/good/1.png', 'test', 'normal', null],
    ['test/Missing Screw/1.png', 'test', 'anomalous', 'Missing Screw'],
    ['test/1.png', 'test', 'unlabeled', null],
    ['elsewhere/1.png', 'test', 'unlabeled', null],
  ])('%s', (file, split, label, defectType) => {
    expect(place(file, 'mvtec')).toEqual({ split, label, defectType })
  })
})

describe('what a place says in a flat folder', () => {
  it.each([
    ['1.png', 'test', 'unlabeled', null],
    ['monday/1.png', 'test', 'unlabeled', null],
    ['Normal/1.png', null, 'normal', null],
    ['camera 2/OK/1.png', null, 'normal', null],
    ['良品/1.png', null, 'normal', null],
    ['anomaly/1.png', null, 'anomalous', null],
    ['NG/scratch/1.png', null, 'anomalous', 'scratch'],
    ['不良品/划痕/1.png', null, 'anomalous', '划痕'],
    ['good.png', 'test', 'unlabeled', null],
  ])('%s', (file, split, label, defectType) => {
    expect(place(file, 'flat')).toEqual({ split, label, defectType })
  })
})

describe('a mask', () => {
  it('is found by the stem of its photograph', () => {
    for (const mask of ['crack/007_mask.png', 'crack/007.png', 'crack/007_MASK.tif', 'crack/007-gt.png']) {
      expect(maskKey(`ground_truth/${mask}`, 'mvtec')).toBe(maskKey('test/crack/007.jpg', 'mvtec'))
    }
    expect(maskKey('masks/bad/1.png', 'flat')).toBe(maskKey('bad/1.jpg', 'flat'))
  })

  it('is not one of the files', async () => {
    const listing = await listFolder(
      await folderWith('test/a/1.png', 'ground_truth/a/1_mask.png', 'train/good/1.png'),
      'auto',
    )
    expect(listing.files).toEqual(['train/good/1.png', 'test/a/1.png'])
    expect([...listing.masks]).toEqual([['a/1', 'ground_truth/a/1_mask.png']])
  })
})

describe('listing a folder', () => {
  it('says that there is nothing in it', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'empty'))
    await expect(listFolder(folder, 'auto')).rejects.toMatchObject({ code: 'folder-empty' })
  })

  it('previews what would become of each subfolder', async () => {
    const folder = await folderWith(
      'good/1.png',
      'good/2.png',
      'bad/dent/1.png',
      'x.png',
      'masks/bad/dent/1.png',
    )
    expect(await previewFolder(folder)).toEqual({
      folder,
      layout: 'flat',
      files: 4,
      masks: 1,
      suggestedName: suggestedName(folder),
      groups: [
        { path: '.', files: 1, split: 'test', label: 'unlabeled', defectType: null },
        { path: 'bad/dent', files: 1, split: null, label: 'anomalous', defectType: 'dent' },
        { path: 'good', files: 2, split: null, label: 'normal', defectType: null },
      ],
    })
  })

  it('suggests the folder’s name for the dataset', () => {
    expect(suggestedName('/photos/magnetic-tile_2')).toBe('magnetic tile 2')
    expect(suggestedName('/')).toBe('dataset')
  })
})
