/** Defect types are renamed, united and deleted where they are used, and nothing that was drawn is lost by it. */
import type { Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import { labelDesk } from './label-desk.ts'
import { createStation, describeInChromium, eventually, signIn, stockLine } from './station.ts'

describeInChromium('the defect types of a dataset', () => {
  const station = createStation()
  const { saved, imageOf, shapesOf, drag, show, enter } = labelDesk(station, 'Mei Lin')
  beforeAll(() => stockLine(station))
  let file = ''

  const names = (page: Page): Promise<string[]> =>
    page.locator('aside.side li .name > span:first-child').allTextContents()
  const answer = async (page: Page, name: string): Promise<void> => {
    const dialog = page.getByRole('dialog', { name: /^Rename/ })
    await dialog.getByRole('textbox').fill(name)
    await dialog.getByRole('button', { name: 'Rename' }).click()
    await dialog.waitFor({ state: 'hidden' })
  }
  const typesOf = (): (string | null)[] => shapesOf(file).map(({ defectType }) => defectType)

  it('a type is renamed by a double click while something of it is not stored yet', async () => {
    const page = await station.open('--workspace', station.workspace)
    await signIn(page, 'Mei Lin')
    await enter(page)
    file = await show(page, 'test/good')
    await page.keyboard.press('2')
    await page.keyboard.press('q')
    await drag(page, [40, 40], [80, 70])
    await page.getByRole('button', { name: 'chip', exact: false }).and(page.locator('.name')).dblclick()
    await answer(page, 'flake')
    await page.getByText('"chip" is called "flake" from now on').waitFor()
    await eventually(() => names(page)).toContain('flake')
    expect(await names(page)).not.toContain('chip')
    await eventually(typesOf).toEqual(['flake'])
    expect(imageOf(file)).toMatchObject({ label: 'anomalous', defectType: 'flake' })
    // What was drawn before is still undone step by step, and the former name does not come back.
    await page.keyboard.press('z')
    await saved(page)
    await eventually(typesOf).toEqual([])
    await page.keyboard.press('y')
    await saved(page)
    await eventually(typesOf).toEqual(['flake'])
  })

  it('by F2, a name that exists asks whether to unite them; undo parts them again', async () => {
    const { page } = station
    const before = await names(page)
    await page.keyboard.press('F2')
    await answer(page, 'Scratch')
    const question = page.getByRole('dialog', { name: 'There is already a type "scratch"' })
    await question.getByText('2 photographs have').waitFor()
    await question.getByRole('button', { name: 'Unite' }).click()
    await eventually(typesOf).toEqual(['scratch'])
    await eventually(() => names(page)).toEqual(before.filter((name) => name !== 'flake'))
    await page.getByText('"scratch" has taken the masks of "flake"').waitFor()
    await page.locator('.notice', { hasText: 'has taken' }).getByRole('button', { name: 'Undo' }).click()
    await eventually(typesOf).toEqual(['flake'])
    await eventually(() => names(page)).toEqual(before)
  })

  it('deleting a used type says on how many photographs it is, and asks who takes its masks', async () => {
    const { page } = station
    await page.getByRole('button', { name: 'Delete flake' }).click()
    const dialog = page.getByRole('dialog', { name: 'Delete the defect type "flake"?' })
    await dialog.getByText('2 photographs have this type').waitFor()
    await dialog.getByRole('combobox').focus()
    await page.keyboard.press('Enter')
    await page.getByRole('option', { name: 'stain' }).click()
    await dialog.getByRole('button', { name: 'Delete' }).click()
    await eventually(typesOf).toEqual(['stain'])
    await eventually(() => names(page)).not.toContain('flake')
  })

  it('a type that nothing has is deleted at once, and undo brings it back', async () => {
    const { page } = station
    await page.getByRole('textbox', { name: 'New type' }).fill('burn')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Delete burn' }).click()
    await page.getByText('"burn" is deleted').waitFor()
    await eventually(() => names(page)).not.toContain('burn')
    await page.locator('.notice', { hasText: '"burn"' }).getByRole('button', { name: 'Undo' }).click()
    await eventually(() => names(page)).toContain('burn')
  })
})
