import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { backupWorkspace } from '../../../src/main/store/backup.ts'
import { listImages } from '../../../src/main/store/images.ts'
import { verifyWorkspace } from '../../../src/main/store/verify.ts'
import { openWorkspace } from '../../../src/main/store/workspace.ts'
import { stockedWorkspace } from './stocked-workspace.ts'
import { temporaryFolder } from './temporary-folder.ts'

describe('a backup', () => {
  it('is a whole workspace, taken while the original is open', async () => {
    const { workspace, dataset } = await stockedWorkspace(5)
    const to = join(temporaryFolder(), 'backup')
    const report = await backupWorkspace(workspace, to)
    expect(report).toMatchObject({ to, files: 6 })
    const copy = openWorkspace(to)
    onTestFinished(() => copy.close())
    expect(listImages(copy.db, { datasetId: dataset.id })).toEqual(
      listImages(workspace.db, { datasetId: dataset.id }),
    )
    expect((await verifyWorkspace(copy)).problems).toEqual([])
  })

  it('takes the runs along, without files that were being written', async () => {
    const { workspace } = await stockedWorkspace(1)
    mkdirSync(join(workspace.paths.runs, 'a', 'checkpoints'), { recursive: true })
    writeFileSync(join(workspace.paths.runs, 'a', 'checkpoints', 'one'), '1')
    writeFileSync(join(workspace.paths.runs, 'a', 'checkpoints', '.writing-2'), '2')
    const to = join(temporaryFolder(), 'backup')
    await backupWorkspace(workspace, to)
    expect(readdirSync(join(to, 'runs', 'a', 'checkpoints'))).toEqual(['one'])
  })

  it('leaves out compiled graphs, which are made again', async () => {
    const { workspace } = await stockedWorkspace(1)
    for (const folder of ['compiled', 'model']) {
      mkdirSync(join(workspace.paths.runs, 'a', folder), { recursive: true })
      writeFileSync(join(workspace.paths.runs, 'a', folder, 'one'), '1')
    }
    const to = join(temporaryFolder(), 'backup')
    await backupWorkspace(workspace, to)
    expect(readdirSync(join(to, 'runs', 'a'))).toEqual(['model'])
  })

  it('is not a workspace before it is whole', async () => {
    const { workspace } = await stockedWorkspace(3)
    const to = join(temporaryFolder(), 'backup')
    await expect(backupWorkspace(workspace, to, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'cancelled',
    })
    expect(existsSync(join(to, 'fanoscope.db'))).toBe(false)
  })

  it('is refused in a folder with other files and inside the workspace itself', async () => {
    const { workspace } = await stockedWorkspace(1)
    const full = temporaryFolder()
    writeFileSync(join(full, 'other'), '')
    await expect(backupWorkspace(workspace, full)).rejects.toMatchObject({ code: 'backup-folder-not-empty' })
    await expect(backupWorkspace(workspace, join(workspace.dir, 'backups', 'x'))).rejects.toMatchObject({
      code: 'backup-inside',
    })
  })
})
