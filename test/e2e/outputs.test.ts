/** An output is added, tested and seen to fail in the window; what it delivered stands below the part. */
import { copyFileSync, mkdirSync, readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { startReceiver } from '../main/features/delivery/receiver.ts'
import { barriers } from './barriers.ts'
import { createStation, describeInChromium, eventually, goTo, trainedLine } from './station.ts'

describeInChromium('outputs in the window', () => {
  const station = createStation()
  const { workspace } = station
  const camera = join(station.folder, 'camera')

  beforeAll(async () => {
    await trainedLine(station)
    mkdirSync(camera)
  })

  it('are set up, tested, and tell what was delivered of a part', async () => {
    const receiver = await startReceiver()
    const page = await station.open('--workspace', workspace)
    await goTo(page, 'settings')
    await page.getByRole('button', { name: 'Add an output' }).click()
    const form = page.getByRole('dialog')
    await form.getByLabel('Name', { exact: true }).fill('ejector')
    await form.getByLabel('Address').fill('nowhere')
    await form.getByText('Check the field Address.').waitFor()
    expect(await form.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true)
    await form.getByLabel('Address').fill('http://10.1.2.3/parts')
    await form.getByRole('button', { name: 'Save' }).click()
    await form.getByText('10.1.2.3 is not among the machines').waitFor()
    await form.getByLabel('Address').fill(receiver.url)
    await form.getByLabel('Key of the signature').fill('a key')
    expect(await barriers(page)).toEqual([])
    await form.getByRole('button', { name: 'Save' }).click()
    await page.getByText('The output ejector is saved.').waitFor()
    const row = page.locator('li').filter({ hasText: 'ejector' })
    await row.getByRole('button', { name: 'Test' }).click()
    await page.getByText(/The test arrived after \d+ ms\./).waitFor()
    await eventually(() => receiver.states()).toContain('stopped')
    await row.getByText('connected', { exact: true }).waitFor()

    await goTo(page, 'live')
    await page.getByRole('button', { name: 'Choose the folder that the camera writes to' }).click()
    await page.getByLabel('Path of the folder').fill(camera)
    await page.getByRole('button', { name: 'Go', exact: true }).click()
    await page.getByRole('button', { name: 'Use this folder' }).click()
    await page.getByRole('button', { name: 'Start', exact: true }).click()
    await eventually(() => receiver.states()).toContain('ready')
    const images = join(workspace, 'images')
    const [first = ''] = readdirSync(images)
    const [file = ''] = readdirSync(join(images, first))
    copyFileSync(join(images, first, file), join(camera, 'a.part'))
    renameSync(join(camera, 'a.part'), join(camera, 'a.png'))
    await eventually(() => receiver.numbers()).toEqual([1])
    await page.getByText(/^Result 1: (?:good|reject)/).waitFor()
    await page.getByText(/^ejector: .+, attempt 1$/).waitFor()

    await receiver.away()
    await goTo(page, 'settings')
    await row.getByText('away', { exact: true }).waitFor()
    await row
      .getByText(/127\.0\.0\.1 cannot be reached/)
      .first()
      .waitFor()
    await receiver.back()
    await row.getByText('connected', { exact: true }).waitFor()
  })
})
