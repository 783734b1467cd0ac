/** What a person sees where something is in the way: what happened, what to do, and a code to quote. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { openWorkspace } from '../../src/main/store/workspace.ts'
import { writeFolder } from '../main/features/import/photographs.ts'
import { createStation, describeInChromium, eventually } from './station.ts'

const holder = resolve(import.meta.dirname, '../main/store/hold-workspace.ts')

describeInChromium('in the window', () => {
  const station = createStation()

  /** Chooses a folder in the picker that is open. */
  async function choose(folder: string): Promise<void> {
    const { page } = station
    await page.getByLabel('Path of the folder').fill(folder)
    await page.getByRole('button', { name: 'Go', exact: true }).click()
    await page.getByRole('button', { name: 'Use this folder' }).click()
  }

  /** The failure on screen. */
  async function failure(code: string): Promise<string> {
    const alert = station.page.getByRole('alert').filter({ hasText: `Code: ${code}` })
    await alert.waitFor()
    // The remedy stands between what happened and the code.
    await eventually(() => alert.locator('.remedy').textContent()).toMatch(/.{10}/)
    return (await alert.locator('.message').textContent()) ?? ''
  }

  async function openFolder(folder: string): Promise<void> {
    await station.page.getByRole('button', { name: /Open a workspace/ }).click()
    await choose(folder)
  }

  it('a workspace that another process has open is left to it', async () => {
    const dir = join(station.folder, 'line 4')
    openWorkspace(dir, { create: true }).close()
    const other = spawn(process.execPath, [holder, dir], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(other.stdout, 'data')
    try {
      await station.open()
      await openFolder(dir)
      expect(await failure('workspace-in-use')).toContain(`is already open by process ${other.pid}`)
    } finally {
      other.kill('SIGKILL')
      await once(other, 'close')
    }
    // Once the other is gone, the same folder opens.
    await openFolder(dir)
    await station.page.getByRole('heading', { name: 'Datasets', exact: true }).waitFor()
    await station.close()
  })

  it('a workspace whose database is damaged is refused, and nothing in it is touched', async () => {
    const dir = join(station.folder, 'line 5')
    openWorkspace(dir, { create: true }).close()
    const damaged = 'this is no database any more'.repeat(400)
    writeFileSync(join(dir, 'fanoscope.db'), damaged)
    await station.open()
    await openFolder(dir)
    expect(await failure('workspace-unreadable')).toContain('line 5')
    expect(readFileSync(join(dir, 'fanoscope.db'), 'utf8')).toBe(damaged)
  })

  it('a folder that is no workspace is offered for a new one', async () => {
    const { page } = station
    const dir = join(station.folder, 'line 6')
    mkdirSync(dir)
    await openFolder(dir)
    await failure('workspace-not-found')
    await page.getByRole('button', { name: /Make a new workspace in .*line 6/ }).click()
    await page.getByText('No datasets yet').waitFor()
  })

  it('an empty folder is not imported', async () => {
    const { page } = station
    const folder = join(station.folder, 'nothing')
    mkdirSync(folder)
    await page.locator('.screen-header').getByRole('button', { name: 'Import photographs' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Choose a folder' }).click()
    await choose(folder)
    expect(await failure('folder-empty')).toContain('nothing')
  })

  it('a folder of other files than photographs ends with each of them refused and a warning', async () => {
    const { page } = station
    const folder = await writeFolder(join(station.folder, 'papers'), {
      'shift plan.txt': 'no photograph',
      'part.png': 'nor this',
    })
    await page.getByRole('dialog').getByRole('button', { name: 'Choose a folder' }).click()
    await choose(folder)
    // What no photograph's name has is left out before the import, and said; the other file is refused by it.
    await page.getByRole('tab', { name: 'Left out (1)' }).waitFor()
    await page.getByRole('button', { name: 'Import 1 file', exact: true }).click()
    const refused = page.getByRole('tabpanel', { name: 'Refused (2)' })
    await refused.getByText('Not an image: 2', { exact: true }).waitFor()
    for (const file of ['shift plan.txt', 'part.png']) await refused.getByText(file).waitFor()
    await page.getByText('No image was imported into papers').waitFor()
  })

  it('a run that is not there leads back to those that are', async () => {
    const { page } = station
    // Of an import of nothing there is nothing to show.
    await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).last().click()
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    await page.evaluate(`location.hash = '#/train/20200101-000000-aaaaa'`)
    await page.getByRole('button', { name: 'All runs' }).click()
    await page.getByText('No runs yet').waitFor()
  })

  it('a Chinese window says what failed in Chinese, with what it failed at', async () => {
    const { page } = station
    await page.getByRole('button', { name: 'Change language' }).click()
    await page.evaluate(`location.hash = '#/datasets'`)
    await page.locator('.screen-header').getByRole('button', { name: '导入照片' }).click()
    await page.getByRole('dialog').getByRole('button', { name: '选择文件夹' }).click()
    await page.getByRole('textbox', { name: '文件夹路径' }).fill(join(station.folder, 'nothing'))
    await page.getByRole('button', { name: '转到', exact: true }).click()
    await page.getByRole('button', { name: '使用此文件夹' }).click()
    const alert = page.getByRole('alert').filter({ hasText: 'folder-empty' })
    await eventually(() => alert.locator('.message').textContent()).toBe(
      `文件夹 ${join(station.folder, 'nothing')} 中没有文件。`,
    )
    await eventually(() => alert.locator('.remedy').textContent()).toBe('请选择存放照片的文件夹。')
    await page.getByRole('dialog').getByRole('button', { name: '取消' }).click()
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    await page.evaluate(`location.hash = '#/settings'`)
    await page.getByRole('button', { name: '检查此计算机' }).click()
    await page.getByRole('region', { name: '此计算机的检查报告' }).locator('dd').first().waitFor()
  })
})
