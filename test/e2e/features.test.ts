/** Pretrained networks in the settings: what is here, and a file that a person chooses. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { backboneFile } from '../../src/main/model/backbones/backbone-files.ts'
import { global, pickle, reduce, text, tuple } from '../main/features/backbones/pickle-bytes.ts'
import { barriers } from './barriers.ts'
import { dialog, keepsNobodyOut } from './dialogs.ts'
import { createStation, describeInChromium, eventually } from './station.ts'

const weights = await backboneFile('efficientnet-lite2')

describeInChromium('the pretrained networks in the settings', () => {
  const station = createStation()
  const stick = join(station.folder, 'stick')
  const section = () => station.page.getByRole('region', { name: 'Pretrained networks' })

  async function choose(folder: string): Promise<void> {
    const { page } = station
    await section().getByRole('button', { name: 'Choose a file' }).click()
    await dialog(page, /wheel/).waitFor()
    await page.getByRole('textbox', { name: 'Path of the folder or the file' }).fill(folder)
    await page.getByRole('button', { name: 'Go', exact: true }).click()
  }

  it('say licence, origin, and whether the weights are here or what it costs that they are not', async () => {
    const page = await station.open()
    await page.evaluate(`location.hash = '#/settings'`)
    await section().getByText('Apache-2.0').waitFor()
    await section()
      .getByText(/ImageNet/)
      .waitFor()
    const said = weights === null ? /told apart worse. Today's scores go on/ : 'Here, fetched by set-up'
    await section().getByText(said).waitFor()
    expect(await barriers(page)).toEqual([])
  })

  it('can be chosen in a list of files, where only those are shown that could be one', async () => {
    mkdirSync(join(stick, 'deeper'), { recursive: true })
    writeFileSync(join(stick, 'photo.png'), 'no weights')
    writeFileSync(join(stick, 'evil.pth'), pickle(global('os', 'system'), tuple(text('true')), reduce))
    await choose(stick)
    const { page } = station
    const list = page.getByRole('list', { name: 'Folders and files' })
    await list.getByRole('button', { name: 'evil.pth' }).waitFor()
    await list.getByRole('button', { name: 'deeper' }).waitFor()
    await eventually(() => list.getByText('photo.png').count()).toBe(0)
    await keepsNobodyOut(page)
  })

  it('a hostile file is refused, with its name and what to do', async () => {
    const { page } = station
    await page.getByRole('button', { name: 'evil.pth' }).click()
    const alert = section().getByRole('alert')
    await alert.getByText(/evil\.pth was not taken: it asks for os\.system/).waitFor()
    await alert.getByText(/Copy the file again/).waitFor()
  })

  it('a path that was typed is taken as it is', async ({ skip }) => {
    skip(weights === null, 'the weights of efficientnet-lite2 are not here')
    await choose(String(weights))
    await section().getByText('Here, imported').waitFor()
    await section().getByText(join(station.folder, 'backbones')).waitFor()
    expect(await station.page.getByText('EfficientNet-Lite2 is imported').count()).toBe(1)
  })
})
