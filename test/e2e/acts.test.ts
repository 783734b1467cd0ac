/**
 * Acts that change many things, or that cannot be seen at once: each is taken back from its message, or asks before,
 * with what follows. docs/acts.md lists all acts; those of review, models, trainings and deleting have tests of their own.
 */
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import sharp from 'sharp'
import { beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { settled } from '../../scripts/window/settled.mjs'
import { standardRetention } from '../../src/shared/live.ts'
import { numbered, writeFolder } from '../main/features/import/photographs.ts'
import { createStation, describeInChromium, done, eventually, goTo, signIn, stored } from './station.ts'

/** A photograph of a camera of 12 bits. */
const wide = (): Promise<Buffer> =>
  sharp(
    Uint16Array.from({ length: 24 * 24 }, (_, i) => (i * 7) % 4096),
    { raw: { width: 24, height: 24, channels: 1 } },
  )
    .toColourspace('grey16')
    .png()
    .toBuffer()

describeInChromium('an act of which a person thinks again', () => {
  const station = createStation()
  const { workspace } = station

  beforeAll(async () => {
    const folder = await writeFolder(join(station.folder, 'parts'), {
      ...numbered('good', 6),
      ...numbered('bad', 2, 50),
      'good/wide.png': await wide(),
    })
    await done(station.command('import', folder, '--dataset', 'parts', '--workspace', workspace, '--json'))
    await signIn(await station.open('--workspace', workspace), 'Mei Lin')
    await goTo(station.page, 'datasets')
  })

  const images = () =>
    stored(
      workspace,
      z.object({ file: z.string(), split: z.string(), label: z.string(), removed: z.int() }),
      'SELECT file, split, label, removed_at IS NOT NULL AS removed FROM image ORDER BY id',
    )
  const setting = (key: string) =>
    stored(workspace, z.object({ value: z.string() }), `SELECT value FROM setting WHERE key = '${key}'`)
  const message = (page: Page, text: string): Locator => page.getByRole('article').filter({ hasText: text })
  const undo = (page: Page, text: string): Promise<void> =>
    message(page, text).getByRole('button', { name: 'Undo' }).click()

  async function selectAll(page: Page): Promise<void> {
    await page.getByText('9 images shown').waitFor()
    await settled(page)
    await page.getByRole('checkbox', { name: 'Select good/0.png' }).check({ force: true })
    await page.getByRole('button', { name: 'Select all 9' }).click()
  }

  it.each([
    ['Label', 'Normal', '9 images labeled.'],
    ['Move to', 'Train', '9 images moved.'],
    ['Remove', null, '9 images removed.'],
  ])('%s on all images: Undo brings each back to how it was', async (button, item, told) => {
    const { page } = station
    const before = images()
    await selectAll(page)
    const bar = page.getByRole('toolbar', { name: 'Selected images' })
    await bar.getByRole('button', { name: button, exact: true }).click()
    if (item !== null) await page.getByRole('menuitem', { name: item, exact: true }).click()
    await message(page, told).waitFor()
    expect(images()).not.toEqual(before)
    await undo(page, told)
    await eventually(images).toEqual(before)
  })

  it('the white of a dataset: Undo sets the former one', async () => {
    const { page } = station
    const white = () => stored(workspace, z.object({ white: z.int() }), 'SELECT white FROM white_level')
    await page.getByRole('button', { name: /\(found\)$/ }).click()
    await page.getByRole('dialog').getByRole('textbox').fill('1023')
    await page.getByRole('dialog').getByRole('button', { name: 'Set', exact: true }).click()
    await eventually(white).toEqual([{ white: 1023 }])
    await undo(page, 'White is set')
    await eventually(white).toEqual([])
  })

  it('freezing the validation set says which images cannot change any more', async () => {
    const { page } = station
    await page.getByRole('button', { name: 'Freeze validation' }).click()
    const question = page.getByRole('dialog', { name: 'Freeze validation' })
    await question.getByText(/cannot be changed any more/).waitFor()
    await question.getByRole('button', { name: 'Cancel' }).click()
    await question.waitFor({ state: 'hidden' })
    expect(
      stored(workspace, z.object({ at: z.unknown() }), 'SELECT validation_frozen_at AS at FROM dataset'),
    ).toEqual([{ at: null }])
  })

  it('a type that is deleted is put back', async () => {
    const page = await goTo(station.page, 'label')
    const types = () =>
      stored(workspace, z.object({ name: z.string() }), 'SELECT name FROM defect_type ORDER BY name')
    await page.getByRole('textbox', { name: 'New type' }).fill('dent')
    await page.keyboard.press('Enter')
    const remove = page.getByRole('button', { name: 'Delete dent' })
    await remove.click()
    await message(page, '"dent" is deleted').waitFor()
    await remove.waitFor({ state: 'detached' })
    await undo(page, '"dent" is deleted')
    await remove.waitFor()
    await eventually(types).toContainEqual({ name: 'dent' })
  })

  it('an import of masks says what it replaces, and does nothing where a person thinks again', async () => {
    const { page } = station
    await page.getByRole('button', { name: 'Import masks' }).click()
    await page.getByRole('menuitem', { name: /^MVTec/ }).click()
    await page.getByLabel('Path of the folder').fill(join(station.folder, 'parts'))
    await page.getByRole('button', { name: 'Use this folder' }).click()
    const question = page.getByRole('dialog', { name: 'Import masks' })
    await question.getByText(/There is no undo for all of them at once/).waitFor()
    await question.getByRole('button', { name: 'Cancel' }).click()
    await question.waitFor({ state: 'hidden' })
    const rows = stored(
      workspace,
      z.object({ n: z.int() }),
      `SELECT count(*) AS n FROM audit WHERE action = 'masks.imported'`,
    )
    expect(rows).toEqual([{ n: 0 }])
  })

  it('keeping fewer photographs says that they do not come back; keeping more is taken back', async () => {
    const page = await goTo(station.page, 'settings')
    const field = page.getByRole('spinbutton', { name: /^Good parts/ })
    const usual = standardRetention.goodDays ?? expect.unreachable('Good parts are kept for ever.')
    await field.fill(String(usual - 1))
    await field.press('Tab')
    const question = page.getByRole('dialog', { name: 'Keep fewer photographs?' })
    await question.getByText(/do not come back/).waitFor()
    await question.getByRole('button', { name: 'Cancel' }).click()
    await eventually(() => field.inputValue()).toBe(String(usual))
    expect(setting('live.retention')).toEqual([])
    await field.fill(String(usual + 30))
    await field.press('Tab')
    const told = 'How long pictures are kept is changed'
    await message(page, told).waitFor()
    await undo(page, told)
    await eventually(() => field.inputValue()).toBe(String(usual))
    const [kept] = setting('live.retention')
    expect(JSON.parse(kept?.value ?? '')).toEqual(standardRetention)
  })
})
