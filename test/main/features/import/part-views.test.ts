/** Photographs of several cameras: views of one part are imported into one split. */
import { describe, expect, it } from 'vitest'
import { importFolder } from '../../../../src/main/features/import/import-folder.ts'
import { findDataset } from '../../../../src/main/store/datasets.ts'
import { listImages } from '../../../../src/main/store/images.ts'
import { freshWorkspace } from '../../store/stocked-workspace.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { writeFolder } from './photographs.ts'

/** As Real-IAD has it: a folder for each part, with a photograph of each camera. */
async function parts(): Promise<string> {
  const files: Record<string, number> = {}
  for (let part = 1; part <= 10; part += 1) {
    for (let view = 1; view <= 3; view += 1) {
      files[`OK/S000${part % 10}/pad_${part}_OK_C${view}_2023.png`] = part * 10 + view
      if (part <= 4) files[`NG/BX/S000${part}/pad_${part}_NG_BX_C${view}_2023.png`] = part * 10 + view + 500
    }
  }
  return writeFolder(temporaryFolder(), files)
}

async function imported(folder: string) {
  const workspace = freshWorkspace()
  const report = await importFolder(workspace, { folder, dataset: 'pads' })
  const images = listImages(workspace.db, { datasetId: findDataset(workspace.db, 'pads').id })
  return { report, splits: new Map(images.map(({ file, split }) => [file, split])) }
}

describe('views of one part', () => {
  it('are in one split, those of defects never in training, and two imports draw the same', async () => {
    const folder = await parts()
    const { report, splits } = await imported(folder)
    const byPart = new Map<string, Set<string>>()
    for (const [file, split] of splits) {
      const part = file.slice(0, file.lastIndexOf('/'))
      byPart.set(part, (byPart.get(part) ?? new Set()).add(split))
    }
    expect(byPart.size).toBe(14)
    expect([...byPart.values()].every((found) => found.size === 1)).toBe(true)
    for (const [part, found] of byPart) if (part.startsWith('NG')) expect(found.has('train')).toBe(false)
    expect(new Set(splits.values())).toEqual(new Set(['train', 'validation', 'test']))
    expect(report.warnings).toContainEqual({
      file: '.',
      code: 'part-views',
      params: { views: 42, parts: 14, example: 'NG/BX/S0001/pad_1_NG_BX_C1_2023.png' },
    })
    expect((await imported(folder)).splits).toEqual(splits)
  })
})
