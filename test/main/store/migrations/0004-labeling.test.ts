import { describe, expect, it } from 'vitest'
import { importFolder } from '../../../../src/main/features/import/import-folder.ts'
import { datasetByName } from '../../../../src/main/store/datasets.ts'
import { freezeValidation } from '../../../../src/main/store/frozen.ts'
import { listImages } from '../../../../src/main/store/images.ts'
import { openWorkspace } from '../../../../src/main/store/workspace.ts'
import { writeLine } from '../../features/line.ts'
import { temporaryFolder } from '../temporary-folder.ts'

async function frozenLine() {
  const folder = await writeLine(`${temporaryFolder()}/photographs`, { good: 10, test: 2 })
  const workspace = openWorkspace(`${temporaryFolder()}/workspace`, { create: true })
  await importFolder(workspace, { folder, dataset: 'parts' })
  const dataset = datasetByName(workspace.db, 'parts')
  if (!dataset) throw new RangeError('nothing was imported')
  freezeValidation(workspace.db, dataset.id, true)
  const images = listImages(workspace.db, { datasetId: dataset.id })
  const idOf = (split: string) => images.find((image) => image.split === split)?.id ?? 0
  return { workspace, dataset, inside: idOf('validation'), outside: idOf('train') }
}

describe('a frozen validation set', () => {
  it.each([
    ["split = 'train'", 'inside'],
    ["label = 'anomalous'", 'inside'],
    ["defect_type = 'dent'", 'inside'],
    ['removed_at = 1', 'inside'],
    ["split = 'validation'", 'outside'],
  ] as const)('refuses %s of an image %s, whoever writes', async (change, where) => {
    const line = await frozenLine()
    const write = () =>
      line.workspace.db.run(`UPDATE image SET ${change} WHERE id = $id`, { id: line[where] })
    expect(write).toThrow('the validation set is frozen')
    line.workspace.close()
  })

  it('lets the other splits change', async () => {
    const { workspace, outside } = await frozenLine()
    workspace.db.run("UPDATE image SET split = 'test', label = 'anomalous' WHERE id = $id", { id: outside })
    workspace.close()
  })

  it('changes again after the freeze has ended', async () => {
    const { workspace, dataset, inside } = await frozenLine()
    freezeValidation(workspace.db, dataset.id, false)
    workspace.db.run("UPDATE image SET split = 'train' WHERE id = $id", { id: inside })
    workspace.close()
  })
})
