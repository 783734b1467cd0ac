/** Parts are reviewed by keys, buttons and fingers, in bulk, blind by a second operator, and where two disagree. */
import type { Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import {
  boxOf,
  createStation,
  describeInChromium,
  done,
  eventually,
  scoredLine,
  signIn,
  stored,
} from './station.ts'

const decisionSchema = z.object({
  file: z.string(),
  decision: z.string(),
  defectType: z.string().nullable(),
  note: z.string().nullable(),
  score: z.number(),
  role: z.string(),
  batch: z.int().nullable(),
  operator: z.string(),
  undone: z.int(),
})
const scoredSchema = z.object({ id: z.int(), file: z.string(), score: z.number() })

describeInChromium('the review in the window', () => {
  const station = createStation()
  const { workspace } = station
  let run = ''
  let threshold = 0
  /** The test parts, as SQLite has them. */
  let parts: z.infer<typeof scoredSchema>[] = []

  beforeAll(async () => {
    run = await scoredLine(station)
    const point = '--target percentile=80 --set --operator Ana --reason first --json'
    const set = await done(
      station.command('threshold', '--run', run, ...point.split(' '), '--workspace', workspace),
    )
    threshold = z.object({ threshold: z.number() }).parse(set).threshold
    parts = stored(
      workspace,
      scoredSchema,
      `SELECT image.id, image.file, score.score FROM score JOIN image ON image.id = image_id
       WHERE split = 'test' ORDER BY score DESC`,
    )
  })

  const decisions = () =>
    stored(
      workspace,
      decisionSchema,
      `SELECT image.file, decision, decision.defect_type AS defectType, note, score, role, batch_id AS batch,
         operator.name AS operator, undone_at IS NOT NULL AS undone
       FROM decision JOIN image ON image.id = image_id JOIN operator ON operator.id = operator_id
       ORDER BY decision.id`,
    )
  const standing = () => decisions().filter(({ undone }) => undone === 0)
  const choices = (page: Page) => page.getByRole('group', { name: 'Decision' })
  const queue = (page: Page) => page.getByRole('region', { name: 'Queue' })
  /** All of them at one moment: the queue that was on screen before gives way to another. */
  const files = (page: Page): Promise<string[]> =>
    queue(page)
      .locator('.file')
      .evaluateAll((rows) => rows.map((row) => row.getAttribute('title') ?? ''))
  const shown = (wanted: unknown, now: () => Promise<unknown>): Promise<void> =>
    eventually(now).toEqual(wanted)

  async function onStage(page: Page): Promise<string> {
    await choices(page).locator('.choice.accept:enabled').waitFor()
    const name = page.getByRole('region', { name: 'About the part' }).locator('.name')
    return z.string().parse(await name.getAttribute('title'))
  }

  async function decide(act: () => Promise<void>): Promise<string> {
    const file = await onStage(station.page)
    await act()
    await station.page
      .getByRole('status')
      .filter({ hasText: `Stored: ${file}` })
      .waitFor()
    return file
  }

  async function choose(list: string, option: string): Promise<void> {
    const { page } = station
    await page
      .locator('.el-select')
      .filter({ has: page.getByRole('combobox', { name: list }) })
      .click()
    await page.getByRole('option', { name: option }).dispatchEvent('click')
  }

  async function changeOperator(name: string, from: string): Promise<void> {
    const { page } = station
    await page.getByRole('contentinfo').getByRole('button', { name: from, exact: true }).click()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await signIn(page, name)
  }

  it.each([
    ['Highest score first', (all: typeof parts) => all.toSorted((a, b) => b.score - a.score)],
    ['Lowest score first', (all: typeof parts) => all.toSorted((a, b) => a.score - b.score)],
    [
      'Nearest to the threshold first',
      (all: typeof parts) =>
        all.toSorted((a, b) => Math.abs(a.score - threshold) - Math.abs(b.score - threshold)),
    ],
    ['Newest first', (all: typeof parts) => all.toSorted((a, b) => b.id - a.id)],
    ['By file name', (all: typeof parts) => all.toSorted((a, b) => (a.file < b.file ? -1 : 1))],
  ])('shows the queue in the order "%s"', async (name, order) => {
    if (name === 'Highest score first') {
      const page = await station.open('--workspace', workspace)
      await page.locator('.screen-header h1').waitFor()
      await signIn(page, 'Mei Lin')
      await page.evaluate(`location.hash = '#/review/${run}'`)
      // Folders tell what a part is: they are not shown while the truth is hidden.
      expect(await onStage(page)).not.toContain('/')
      expect((await files(page)).every((file) => !file.includes('/'))).toBe(true)
      await page.keyboard.press('t')
      await eventually(() => onStage(page)).toContain('/')
    }
    const { page } = station
    if ((await queue(page).getByText(name, { exact: true }).count()) === 0)
      await choose('Order of the queue', name)
    const wanted = order(parts).map(({ file }) => file)
    await shown(wanted.slice(0, 6), async () => (await files(page)).slice(0, 6))
  })

  it('keeps what was typed for a part when a person moves on and comes back', async () => {
    const { page } = station
    const note = page.getByRole('textbox', { name: 'Note' })
    await onStage(page)
    await page.keyboard.press('n')
    await page.keyboard.type('a scratch?')
    await page.keyboard.press('Escape')
    await page.keyboard.press('ArrowDown')
    await eventually(() => note.inputValue()).toBe('')
    await queue(page).getByRole('img', { name: 'Draft' }).waitFor()
    await page.keyboard.press('ArrowUp')
    await eventually(() => note.inputValue()).toBe('a scratch?')
    await note.fill('')
    await note.press('Escape')
    await eventually(() => queue(page).getByRole('img', { name: 'Draft' }).count()).toBe(0)
  })

  it('stores a rejection with the type of its digit, the note and the score that was on screen', async () => {
    const { page } = station
    const buttons = page.getByRole('group', { name: 'Defect type' }).getByRole('button')
    await onStage(page)
    await buttons.nth(1).waitFor()
    const types = await buttons.allInnerTexts()
    await page.keyboard.press('2')
    await page.keyboard.press('n')
    await page.keyboard.type('at the edge, a,r,u,z')
    await page.keyboard.press('Escape')
    const file = await decide(() => page.keyboard.press('r'))
    const score = parts.find((part) => part.file === file)?.score
    expect(decisions()).toEqual([
      {
        file,
        decision: 'reject',
        defectType: types[1]?.replace(/^2\s*/, ''),
        note: 'at the edge, a,r,u,z',
        score,
        role: 'review',
        batch: null,
        operator: 'Mei Lin',
        undone: 0,
      },
    ])
  })

  it('gives fingers in gloves something to hit, and stores what they touched', async () => {
    const { page } = station
    await onStage(page)
    const small: string[] = []
    for (const button of await page.locator('.desk').getByRole('button').all()) {
      const box = await button.boundingBox()
      if (box !== null && (box.width < 48 || box.height < 48)) small.push((await button.textContent()) ?? '')
    }
    expect(small).toEqual([])
    const box = await boxOf(choices(page).getByRole('button', { name: /Accept/ }))
    const finger = await page.context().newCDPSession(page)
    const file = await decide(async () => {
      const touchPoints = [{ x: box.x + box.width / 2, y: box.y + box.height / 2 }]
      await finger.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints })
      await finger.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
    })
    expect(standing().at(-1)).toMatchObject({ file, decision: 'accept' })
  })

  it('swipes the photograph against other pictures, and keeps where the line is', async () => {
    const { page } = station
    await onStage(page)
    await page.keyboard.press('s')
    const line = page.getByRole('slider', { name: 'Where the photograph ends' })
    const box = await boxOf(line)
    const ground = await boxOf(page.locator('.part-stage .canvas'))
    await page.mouse.move(box.x + box.width / 2, box.y + 40)
    await page.mouse.down()
    await page.mouse.move(ground.x + ground.width * 0.75, box.y + 40, { steps: 4 })
    await page.mouse.up()
    await eventually(() => line.getAttribute('aria-valuenow')).toBe('75')
    await page.keyboard.press('s')
    await page
      .locator('.part-stage .caption')
      .getByText(/^Heat map/)
      .waitFor()
    await eventually(() =>
      page.evaluate(`window.fanoscope.call('setting.get', { key: 'ui.review.view' })`),
    ).toMatchObject({ value: { layout: 'swipe', against: 'residual', swipe: expect.closeTo(0.75, 2) } })
    await page.keyboard.press('l')
  })

  it('says how often the operator agrees with the model', async () => {
    const { page } = station
    const agreed = standing().filter(
      ({ score, decision }) => (decision === 'reject') === score >= threshold,
    ).length
    const share = `${agreed} of ${standing().length} (${Math.round((100 * agreed) / standing().length)}%)`
    const figure = page
      .locator('.review-progress > div')
      .filter({ hasText: 'Agreement with model' })
      .locator('dd')
    await eventually(async () => (await figure.textContent())?.trim()).toBe(share)
  })

  it('accepts the rest as one, without what is flagged unless that is asked for too, and takes it back as one', async () => {
    const { page } = station
    const before = standing()
    const undecided = parts.filter(({ file }) => !before.some((decided) => decided.file === file))
    const flagged = undecided.filter(({ score }) => score >= threshold)
    const passed = undecided.filter(({ score }) => score < threshold)
    expect(flagged.length).toBeGreaterThan(0)
    const rest = page.getByRole('button', { name: `Accept the other ${undecided.length}` })
    const box = page.getByRole('dialog', { name: `Accept the other ${undecided.length}` })
    await rest.click()
    await box.getByRole('listitem').first().waitFor()
    await box.getByText(`${flagged.length} undecided part`).waitFor()
    await box.getByRole('button', { name: 'Cancel' }).click()
    await box.waitFor({ state: 'hidden' })
    expect(standing()).toEqual(before)
    const takeBack = async (count: number): Promise<void> => {
      await choices(page).getByRole('button', { name: /Undo/ }).click()
      await page.getByText(`${count} decisions taken back.`).waitFor()
      expect(standing()).toEqual(before)
    }
    expect(passed.length).toBeGreaterThan(1)
    await rest.click()
    await box.getByRole('button', { name: `Accept ${passed.length} part` }).click()
    await box.waitFor({ state: 'hidden' })
    await eventually(() => standing().length).toBe(before.length + passed.length)
    expect(
      standing()
        .slice(before.length)
        .every(({ score }) => (score ?? Number.NaN) < threshold),
    ).toBe(true)
    await takeBack(passed.length)
    await rest.click()
    // What is flagged takes a second choice, every time anew.
    await box.getByText(/flagged parts? too/).click()
    await box.getByRole('button', { name: `Accept ${undecided.length} parts` }).click()
    await page.getByText('Every part of this queue is decided.').waitFor()
    const batch = standing().slice(before.length)
    expect(batch).toHaveLength(undecided.length)
    expect(new Set(batch.map(({ decision, operator }) => [decision, operator].join()))).toEqual(
      new Set(['accept,Mei Lin']),
    )
    expect(new Set(batch.map(({ batch: number }) => number)).size).toBe(1)
    expect(
      batch.every(({ file, score }) => parts.some((part) => part.file === file && part.score === score)),
    ).toBe(true)
    await takeBack(undecided.length)
  })

  it('lets a second operator look without seeing what the first decided', async () => {
    const { page } = station
    const first = standing()
    await changeOperator('Bo Chen', 'Mei Lin')
    await choose('Which parts', 'Second look')
    await shown(first.map(({ file }) => file).toSorted(), async () => (await files(page)).toSorted())
    await eventually(() => queue(page).getByText('Not decided').count()).toBe(first.length)
    expect(await page.getByText('at the edge').count()).toBe(0)
    // Agrees about neither: the rejected part is good, and the accepted one too.
    const looked = new Set<string>()
    for (const _ of first) looked.add(await decide(() => page.keyboard.press('a')))
    expect(looked.size).toBe(first.length)
    expect(
      standing()
        .slice(first.length)
        .map(({ role, operator }) => [role, operator]),
    ).toEqual(first.map(() => ['blind', 'Bo Chen']))
  })

  it('puts those on which two disagree into a queue of their own, with both opinions, and has them settled', async () => {
    const { page } = station
    const [rejected] = decisions().filter(({ decision }) => decision === 'reject')
    await changeOperator('Ana', 'Bo Chen')
    await choose('Which parts', 'Disagreements')
    const opinions = page.getByRole('list', { name: 'What operators decided' })
    await opinions.waitFor()
    await shown([rejected?.file], () => files(page))
    await eventually(() => opinions.getByRole('listitem').allInnerTexts()).toEqual([
      expect.stringMatching(/Mei Lin[\s\S]*Rejected/),
      expect.stringMatching(/Bo Chen[\s\S]*Accepted/),
    ])
    await decide(() => page.keyboard.press('r'))
    expect(standing().at(-1)).toMatchObject({ file: rejected?.file, role: 'settle', operator: 'Ana' })
    await page.getByText('Every part of this queue is decided.').waitFor()
  })
})
