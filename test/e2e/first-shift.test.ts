/** From the first start to decisions that outlive the application. */
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { createStation, describeInChromium, eventually, patience } from './station.ts'

const rowSchema = z.object({
  file: z.string(),
  decision: z.string(),
  operator: z.string(),
  undone: z.int(),
})

describeInChromium('the first shift', () => {
  const station = createStation()
  /** What was decided, by file, in the order of the decisions. */
  const decided = new Map<string, 'accept' | 'reject' | 'unsure'>()

  const rail = (page: Page, name: string) => page.getByRole('navigation').getByRole('link', { name })
  const part = (page: Page) => page.getByRole('region', { name: 'About the part' }).locator('.name')
  const choices = (page: Page) => page.getByRole('group', { name: 'Decision' })
  const words = { accept: 'Accepted', reject: 'Rejected', unsure: 'Unsure' } as const

  /** The part on stage, as soon as it may be decided, with its folders, which are shown with the truth alone. */
  async function partOnStage(page: Page): Promise<string> {
    await choices(page).locator('.choice.accept:enabled').waitFor()
    const name = async () => z.string().parse(await part(page).getAttribute('title'))
    if (!(await name()).includes('/')) await page.keyboard.press('t')
    await eventually(name).toContain('/')
    return name()
  }

  /** Decides the part on stage, and waits until the window says that it is stored. */
  async function decide(decision: 'accept' | 'reject' | 'unsure', act: () => Promise<void>): Promise<void> {
    const file = await partOnStage(station.page)
    await act()
    await station.page
      .getByRole('status')
      .filter({ hasText: `Stored: ${file}` })
      .waitFor()
    decided.set(file, decision)
  }

  /** All that SQLite holds of decisions, oldest first. */
  function rows(): z.infer<typeof rowSchema>[] {
    const db = new Sqlite(join(station.workspace, 'fanoscope.db'), { readonly: true })
    try {
      const read = db.prepare(`
        SELECT image.file, decision.decision, operator.name AS operator, decision.undone_at IS NOT NULL AS undone
        FROM decision
        JOIN image ON image.id = decision.image_id
        JOIN operator ON operator.id = decision.operator_id
        ORDER BY decision.id`)
      return z.array(rowSchema).parse(read.all())
    } finally {
      db.close()
    }
  }

  const standing = () =>
    rows()
      .filter(({ undone }) => undone === 0)
      .map(({ file, decision }) => [file, decision])

  /** Opens the application anew and goes to the review, as the next morning. */
  async function openAgain(): Promise<Page> {
    const page = await station.open()
    await page.getByRole('region', { name: 'Opened before' }).getByRole('button').first().click()
    await rail(page, 'Review').click()
    await partOnStage(page)
    return page
  }

  /** What the queue shows of each part that was decided. */
  async function shown(page: Page): Promise<[string, string][]> {
    const queue = page.getByRole('region', { name: 'Queue' })
    const pairs: [string, string][] = []
    for (const file of decided.keys()) {
      const row = queue.getByRole('listitem').filter({ has: page.getByTitle(file, { exact: true }) })
      pairs.push([file, ((await row.locator('.decision').textContent()) ?? '').trim()])
    }
    return pairs
  }

  const expected = () => [...decided].map(([file, decision]) => [file, words[decision]])

  it('starts with the sample line, whose dataset is shown', async () => {
    const page = await station.open()
    await page.getByRole('button', { name: /Open the sample line/ }).click()
    await page.getByText('360 images shown').waitFor({ timeout: 4 * patience })
    await page.getByRole('heading', { name: 'sample', level: 2 }).waitFor()
    await page.getByRole('list', { name: 'Images' }).locator('img').first().waitFor()
  })

  it('shows live losses and the time left while it trains', async () => {
    const { page } = station
    await page
      .getByRole('region', { name: 'sample' })
      .getByRole('button', { name: 'Train', exact: true })
      .click()
    await page.getByText('Under 20 seconds').click()
    await page.getByRole('button', { name: 'Start the training' }).click()
    const now = page
      .locator('.facts > div')
      .filter({ hasText: 'Now' })
      .getByText(/Training/)
    const left = page.locator('.facts > div').filter({ hasText: 'Time left' }).getByText(/\d/)
    const losses = page.getByRole('figure', { name: /^Losses: / }).first()
    await Promise.all([
      now.first().waitFor(),
      left.waitFor(),
      losses.getByText('Wasserstein distance').waitFor(),
      losses.locator('.value').filter({ hasText: /\d/ }).first().waitFor(),
    ])
    await page.getByText('The model is trained.').waitFor({ timeout: 4 * patience })
    await eventually(() => page.getByRole('img', { name: /reconstructions/ }).count()).toBe(1)
  })

  it('scores the test split and opens the queue by itself', async () => {
    const { page } = station
    await page.locator('.screen-header').getByRole('button', { name: 'Score test images' }).click()
    await page.locator('.screen-header').getByRole('button', { name: 'Review' }).click()
    await partOnStage(page)
    await eventually(() => page.getByText('/ 120').isVisible()).toBe(true)
  })

  it('asks for a name before the first decision, and then stores it', async () => {
    const { page } = station
    await decide('accept', async () => {
      await page.keyboard.press('a')
      await page.getByRole('textbox', { name: 'Your name or badge' }).fill('Mei Lin')
      await page.keyboard.press('Enter')
    })
    expect(rows()).toEqual([
      { file: [...decided.keys()][0], decision: 'accept', operator: 'Mei Lin', undone: 0 },
    ])
  })

  it('decides by keyboard', async () => {
    const { page } = station
    await decide('reject', () => page.keyboard.press('r'))
    await decide('unsure', () => page.keyboard.press('u'))
    await decide('accept', () => page.keyboard.press('a'))
    expect(standing()).toEqual([...decided])
  })

  it('decides by its buttons', async () => {
    const { page } = station
    await decide('accept', () =>
      choices(page)
        .getByRole('button', { name: /Accept/ })
        .click(),
    )
    await decide('reject', () =>
      choices(page)
        .getByRole('button', { name: /Reject/ })
        .click(),
    )
    await decide('unsure', () =>
      choices(page)
        .getByRole('button', { name: /Unsure/ })
        .click(),
    )
    expect(standing()).toEqual([...decided])
  })

  it.each([
    ['the keyboard', (page: Page) => page.keyboard.press('z')],
    ['the button', (page: Page) => choices(page).getByRole('button', { name: /Undo/ }).click()],
  ])('takes the last decision back by %s, and shows that part again', async (_how, undo) => {
    const { page } = station
    await partOnStage(page)
    const last = [...decided.keys()].at(-1) ?? ''
    await undo(page)
    await page.getByText(`Taken back: the decision on ${last}.`).waitFor()
    decided.delete(last)
    await eventually(() => partOnStage(page)).toBe(last)
    expect(standing()).toEqual([...decided])
  })

  it('has every decision after the application was closed', async () => {
    await station.close()
    expect(standing()).toEqual([...decided])
    const page = await openAgain()
    await eventually(() => shown(page)).toEqual(expected())
    await eventually(() => page.locator('.done dd').first().textContent()).toMatch(
      new RegExp(`^${decided.size}\\b`),
    )
  })

  it('has every decision after the application was killed right after the last', async () => {
    const { page } = station
    await page.getByRole('button', { name: 'Nobody signed in' }).click()
    await page.getByRole('button', { name: 'Mei Lin' }).click()
    await page.getByRole('button', { name: 'Nobody signed in' }).waitFor({ state: 'detached' })
    await partOnStage(page)
    await decide('reject', () => page.keyboard.press('r'))
    await decide('accept', () => page.keyboard.press('a'))
    await station.kill()
    expect(standing()).toEqual([...decided])
    const again = await openAgain()
    await eventually(() => shown(again)).toEqual(expected())
  })
})
