/** An operator who left is removed in Settings, cannot sign in any more, and is put back from the list. */
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { openWorkspace } from '../../src/main/store/workspace.ts'
import { createStation, describeInChromium, done, eventually, goTo, signIn, stored } from './station.ts'

describeInChromium('an operator who left', () => {
  const station = createStation()
  const removed = () =>
    stored(
      station.workspace,
      z.object({ name: z.string() }),
      'SELECT name FROM operator WHERE removed_at > 0',
    ).map(({ name }) => name)

  const signOut = async (page: Page): Promise<void> => {
    await goTo(page, 'settings')
    await page.getByRole('main').getByRole('button', { name: 'Sign out' }).click()
    await goTo(page, 'datasets')
  }

  it('is removed by a colleague, and cannot sign in any more', async () => {
    openWorkspace(station.workspace, { create: true }).close()
    const page = await station.open('--workspace', station.workspace)
    await signIn(page, 'Zhang Wei')
    await signOut(page)
    await signIn(page, 'Mei Lin')
    await goTo(page, 'settings')
    await page.getByRole('combobox', { name: 'Remove an operator' }).focus()
    await page.keyboard.press('Enter')
    // Oneself is not among them.
    await eventually(() => page.getByRole('option').allTextContents()).toEqual(['Zhang Wei'])
    await page.getByRole('option', { name: 'Zhang Wei' }).click()
    await page.getByRole('main').getByRole('button', { name: 'Remove', exact: true }).click()
    const question = page.getByRole('dialog', { name: 'Remove Zhang Wei?' })
    await question.getByText('keep the name').waitFor()
    await question.getByRole('button', { name: 'Remove', exact: true }).click()
    await page.getByText('Zhang Wei is removed').waitFor()
    expect(removed()).toEqual(['Zhang Wei'])
    await signOut(page)
    await page.getByRole('button', { name: 'Nobody signed in' }).click()
    const dialog = page.getByRole('tooltip').filter({ visible: true })
    await dialog.getByRole('textbox', { name: 'Your name or badge' }).fill('zhang wei')
    await page.keyboard.press('Enter')
    await dialog.getByText('was removed and cannot sign in any more').waitFor()
    await page.keyboard.press('Escape')
  })

  it('is put back from the list, and removed by the command line, too', async () => {
    const { page } = station
    await signIn(page, 'Mei Lin')
    await goTo(page, 'settings')
    await page.getByRole('main').getByRole('button', { name: 'Deleted' }).click()
    const list = page.getByRole('dialog', { name: 'Deleted' })
    const row = list.getByRole('listitem').filter({ hasText: 'Zhang Wei' })
    await row.getByText('Operator').waitFor()
    await row.getByRole('button', { name: 'Put back' }).click()
    await list.getByText('Nothing was deleted').waitFor()
    expect(removed()).toEqual([])
    await station.close()
    const at = ['--operator', 'Mei Lin', '--workspace', station.workspace, '--json']
    await done(station.command('operators', '--remove', 'Zhang Wei', ...at))
    expect(removed()).toEqual(['Zhang Wei'])
    const [listed] = z
      .array(z.object({ id: z.string(), kind: z.literal('operator') }))
      .parse(await done(station.command('removed', '--workspace', station.workspace, '--json')))
    await done(station.command('removed', '--put-back', listed?.id ?? '', ...at))
    expect(removed()).toEqual([])
  })
})
