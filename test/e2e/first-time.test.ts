/**
 * What somebody does who opens the application for the first time, with photographs of their own: how many clicks and
 * keys it takes to the first reviewed part, and from there to a threshold with a reason. What is typed into a field
 * counts as one.
 */
import { join } from 'node:path'
import type { Locator } from 'playwright-core'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { numbered, writeFolder } from '../main/features/import/photographs.ts'
import { createStation, describeInChromium, eventually, patience, stored } from './station.ts'

/** What an input may cost. */
const toReviewedPart = 12
const toThreshold = 8

describeInChromium('somebody with photographs of their own', () => {
  const station = createStation()
  let acts: string[] = []

  const done = (what: string): void => {
    acts.push(what)
  }
  async function click(name: string, control: Locator): Promise<void> {
    await control.click()
    done(`click ${name}`)
  }
  async function press(key: string): Promise<void> {
    await station.page.keyboard.press(key)
    done(`press ${key}`)
  }
  /** Types without a click: the field must have the focus by itself. */
  async function type(name: string, field: Locator, text: string): Promise<void> {
    await field.waitFor()
    await eventually(() => field.and(station.page.locator(':focus')).count(), `focus: ${name}`).toBe(1)
    await station.page.keyboard.type(text)
    done(`type ${name}`)
  }
  const button = (name: string | RegExp): Locator => station.page.getByRole('button', { name })

  it('comes from a folder to a reviewed part', { timeout: 8 * patience }, async () => {
    // In the person's own folder, where the choice of a folder begins.
    await writeFolder(join(station.folder, 'home', 'brackets'), {
      ...numbered('good', 24),
      ...numbered('scratch', 8, 100),
    })
    const page = await station.open()
    await click('own photographs', button(/Import your photographs/))
    await click('the folder', page.getByRole('dialog').getByRole('button', { name: 'brackets' }))
    await click('use it', button('Use this folder'))
    await click('import', button('Import 32 files'))
    await click('train', page.getByRole('dialog').getByRole('button', { name: 'Train', exact: true }))
    // A person would leave the preset that is proposed; ten minutes are too long for a test.
    await click('a quick look', page.getByText('Under 20 seconds'))
    await click('start', button('Start the training'))
    await page.getByText('The model is trained.').waitFor({ timeout: 4 * patience })
    await click('score and review', button('Score and review'))
    await page.locator('.choice.accept:enabled').waitFor()
    await press('a')
    await type('name', page.getByRole('textbox', { name: 'Your name or badge' }), 'Mei Lin')
    await press('Enter')
    await page.getByRole('status').filter({ hasText: 'Stored:' }).waitFor()
    expect(
      stored(station.workspace, z.object({ decision: z.string() }), 'SELECT decision FROM decision'),
    ).toEqual([{ decision: 'accept' }])
    expect(acts.length, acts.join(', ')).toBeLessThanOrEqual(toReviewedPart)
  })

  it('and from there to a threshold for a target, with a name and a reason', async () => {
    acts = []
    const { page } = station
    await click(
      'thresholds',
      page.getByRole('navigation').getByRole('link', { name: 'Threshold', exact: true }),
    )
    await click('find', page.getByRole('button', { name: 'Find', exact: true }))
    await page.getByText('95 % interval of the threshold').waitFor({ timeout: patience })
    await click('set it', button('Set this threshold'))
    await type('why', page.getByRole('dialog').getByLabel('Why'), 'Few false rejects on the first lot')
    await click('set it', page.getByRole('dialog').getByRole('button', { name: 'Set it' }))
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    const points = stored(
      station.workspace,
      z.object({ target: z.string(), reason: z.string(), operator: z.string() }),
      `SELECT target, reason, operator.name AS operator FROM operating_point AS point
       JOIN operator ON operator.id = point.operator_id`,
    )
    expect(points).toEqual([
      { target: 'percentile=99', reason: 'Few false rejects on the first lot', operator: 'Mei Lin' },
    ])
    expect(acts.length, acts.join(', ')).toBeLessThanOrEqual(toThreshold)
  })
})
