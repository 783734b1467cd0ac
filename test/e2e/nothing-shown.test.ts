/** A grid or a form that is empty: what is true is said, and an empty field takes nothing away. */
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { numbered, writeFolder } from '../main/features/import/photographs.ts'
import { createStation, describeInChromium, done, eventually, goTo, signIn, stored } from './station.ts'

describeInChromium('what is empty', () => {
  const station = createStation()
  const { workspace } = station

  beforeAll(async () => {
    const folder = await writeFolder(join(station.folder, 'parts'), { ...numbered('good', 4) })
    await done(station.command('import', folder, '--dataset', 'parts', '--workspace', workspace, '--json'))
    await signIn(await station.open('--workspace', workspace), 'Mei Lin')
  })

  const present = (): number =>
    stored(workspace, z.object({ id: z.int() }), 'SELECT id FROM image WHERE removed_at IS NULL').length

  it('a dataset of which all images were removed says so, and gives them back', async () => {
    const page = await goTo(station.page, 'datasets')
    const [{ id } = { id: '' }] = stored(workspace, z.object({ id: z.string() }), 'SELECT id FROM dataset')
    const input = { dataset: id, choice: { filter: {} }, change: { kind: 'remove' }, operator: 'Mei Lin' }
    await page.evaluate(`window.fanoscope.call('dataset.change', ${JSON.stringify(input)})`)
    const main = page.getByRole('main')
    await main.getByText('All photographs of this dataset were removed').waitFor()
    expect(await main.getByText('No image matches these filters').count()) // None of them is on.
      .toBe(0)
    expect(present()).toBe(0)
    await main.getByRole('button', { name: 'Restore them' }).click()
    await eventually(present).toBe(4)
    await main.getByText('All photographs of this dataset were removed').waitFor({ state: 'hidden' })
  })

  it('an empty field of the form for PIN and badge leaves what is set as it is', async () => {
    const credentials = () =>
      stored(
        workspace,
        z.object({ pin: z.string().nullable(), badge: z.string().nullable() }),
        "SELECT pin, badge FROM operator WHERE name = 'Mei Lin'",
      )[0]
    const page = await goTo(station.page, 'settings')
    const save = page.getByRole('button', { name: 'Set PIN and badge' })
    expect(await save.isDisabled()).toBe(true)
    await page.getByLabel('New PIN').fill('481502')
    await save.click()
    await eventually(() => credentials()?.pin ?? null).not.toBeNull()
    const { pin } = credentials() ?? {}
    // Only a badge: the PIN is asked for, and stays.
    await page.getByLabel('Current PIN').fill('481502')
    expect(await save.isDisabled()).toBe(true)
    await page.getByRole('textbox', { name: 'Badge code' }).fill('04A1B2')
    await save.click()
    await eventually(() => credentials()?.badge ?? null).not.toBeNull()
    expect(credentials()?.pin).toBe(pin)
    const { badge } = credentials() ?? {}
    // Only another PIN, and spaces for a badge: the badge stays.
    await page.getByLabel('Current PIN').fill('481502')
    await page.getByLabel('New PIN').fill('735024')
    await page.getByRole('textbox', { name: 'Badge code' }).fill('   ')
    await save.click()
    await eventually(() => credentials()?.pin).not.toBe(pin)
    expect(credentials()?.badge).toBe(badge)
  })
})
