/**
 * The way from photographs to a better model as a person goes it: every step through the screens of the window, by
 * what a person can read on them. What the steps leave behind is read elsewhere.
 */
import { basename } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { z } from 'zod'

/** How long a training may take, and a scoring or an import; everything else is answered within the page's own patience. */
interface Patience {
  training: number
  scoring: number
}

const go = async (page: Page, screen: string): Promise<void> => {
  await page.getByRole('navigation').getByRole('link', { name: screen, exact: true }).click()
  await page.locator('.screen-header h1').getByText(screen).waitFor()
}

/** A number field of Element Plus takes its value when it is left. */
async function enter(field: Locator, value: number | string): Promise<void> {
  await field.fill(String(value))
  await field.press('Tab')
}

async function chooseFolder(page: Page, folder: string): Promise<void> {
  await page.getByLabel('Path of the folder').fill(folder)
  await page.getByRole('button', { name: 'Go', exact: true }).click()
  await page.getByRole('button', { name: 'Use this folder' }).click()
}

/** What a list of Element Plus offers lies at the end of the page. */
async function choose(page: Page, list: Locator, option: string): Promise<void> {
  await list.click()
  await page.getByRole('option', { name: option }).filter({ visible: true }).click()
}

export async function signIn(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Nobody signed in' }).click()
  await page.getByRole('textbox', { name: 'Your name or badge' }).fill(name)
  await page.keyboard.press('Enter')
  await page.locator('.status').getByRole('button', { name }).waitFor()
}

export async function importPhotographs(
  page: Page,
  folder: string,
  name: string,
  patience: Patience,
): Promise<void> {
  await go(page, 'Datasets')
  await page.locator('.screen-header').getByRole('button', { name: 'Import photographs' }).click()
  const dialog = page.getByRole('dialog', { name: 'Import photographs' })
  await dialog.getByRole('button', { name: 'Choose a folder' }).click()
  await chooseFolder(page, folder)
  await dialog.getByLabel('Name of the dataset').fill(name)
  await dialog.getByRole('button', { name: /^Import \d+ files?$/ }).click()
  await dialog.getByRole('button', { name: 'Show the images' }).click({ timeout: patience.scoring })
  await page.getByRole('heading', { name, level: 2 }).waitFor()
}

/** Shares in percent: of the good parts, and of the defective ones. */
export interface Shares {
  validation: number
  test: number
  defects: number
}

/** On the dataset that is shown: draws the splits, and freezes the validation set. */
export async function shareOut(page: Page, shares: Shares): Promise<void> {
  await page.getByRole('button', { name: 'More for this dataset' }).click()
  await page.getByRole('menuitem', { name: 'Split again' }).click()
  const dialog = page.getByRole('dialog', { name: /^Splits of/ })
  await enter(dialog.getByLabel('Validation', { exact: true }), shares.validation)
  await enter(dialog.getByLabel('Test', { exact: true }), shares.test)
  await enter(dialog.getByLabel('Defective parts: validation'), shares.defects)
  await dialog.getByRole('button', { name: 'Split', exact: true }).click()
  await dialog.waitFor({ state: 'hidden' })
  await page.getByRole('button', { name: 'Freeze validation' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Freeze validation' }).click()
  await page.getByRole('button', { name: 'Validation frozen' }).waitFor()
}

const runOf = async (page: Page): Promise<string> =>
  z
    .tuple([z.string(), z.string()])
    .rest(z.unknown())
    .parse(/#\/train\/([a-z0-9-]+)/.exec(z.string().parse(await page.evaluate('location.hash'))))[1]

async function trained(page: Page, patience: Patience): Promise<string> {
  await page.waitForURL(/#\/train\/[a-z0-9-]+$/)
  await page.getByText('The model is trained.').waitFor({ timeout: patience.training })
  return runOf(page)
}

const presetTexts = {
  smoke: 'Under 20 seconds',
  quick: 'Under 10 minutes',
  full: 'A night, or a GPU',
} as const
export type Preset = keyof typeof presetTexts

/** Trains f-AnoGAN on the dataset that is shown; the run's id. */
export async function train(
  page: Page,
  { preset, seed, set = {} }: { preset: Preset; seed: number; set?: Record<string, string> },
  patience: Patience,
): Promise<string> {
  await page.getByRole('main').getByRole('button', { name: 'Train', exact: true }).click()
  await page.getByText(presetTexts[preset]).click()
  await page.getByLabel('Seed', { exact: true }).fill(String(seed))
  for (const [name, value] of Object.entries(set)) {
    const field = page
      .locator('.field')
      .filter({ has: page.locator('code').getByText(name, { exact: true }) })
    await field.waitFor({ state: 'attached' })
    // What is advanced lies in a group that is closed.
    const closed = page.locator('details:not([open])').filter({ has: field })
    if ((await closed.count()) > 0) await closed.locator('summary').click()
    const choices = field.locator('.el-select')
    if ((await choices.count()) > 0) await choose(page, choices, value)
    else await field.getByRole('textbox').fill(value)
  }
  await page.getByRole('button', { name: 'Start the training' }).click()
  return trained(page, patience)
}

async function showRun(page: Page, screen: 'thresholds' | 'curation' | 'review' | 'runs', run: string) {
  await page.evaluate(`location.hash = '#/${screen}/${run}'`)
  await page.locator(`.rail .entry[aria-current=page][href*='/${screen}']`).waitFor()
}

/** Scores the validation parts and shows how their scores lie. */
export async function scoreValidation(page: Page, run: string, patience: Patience): Promise<void> {
  await showRun(page, 'thresholds', run)
  await page.getByRole('button', { name: 'Score the validation parts' }).click()
  await page.getByRole('slider', { name: 'Threshold' }).waitFor({ timeout: patience.scoring })
}

/** As above, where a comparison has scored them before. */
export async function showThreshold(page: Page, run: string, patience: Patience): Promise<void> {
  await showRun(page, 'thresholds', run)
  await page.getByRole('slider', { name: 'Threshold' }).waitFor({ timeout: patience.scoring })
}

/** The least threshold that finds this percentage of the defects. */
export async function findThreshold(page: Page, recall: number): Promise<void> {
  await choose(page, page.locator('.targets .el-select'), 'Minimum recall')
  await enter(page.locator('.targets').getByLabel('Minimum recall').last(), recall)
  await page.getByRole('button', { name: 'Find', exact: true }).click()
  await page.getByText('95 % interval of the threshold').waitFor()
}

/** Drags the line over the histogram to a place between its left end (0) and its right one (1). */
export async function dragThreshold(page: Page, to: number): Promise<void> {
  const line = page.getByRole('slider', { name: 'Threshold' })
  const box = await line.boundingBox()
  if (box === null) throw new Error('The threshold is not on screen.')
  const middle = box.y + box.height / 2
  await page.mouse.move(box.x + box.width / 2, middle)
  await page.mouse.down()
  await page.mouse.move(box.x + to * box.width, middle, { steps: 8 })
  await page.mouse.up()
}

export async function saveThreshold(page: Page, name: string, reason: string): Promise<void> {
  await page.getByRole('button', { name: 'Set this threshold' }).click()
  const dialog = page.getByRole('dialog', { name: 'Set the threshold' })
  await dialog.getByLabel('Name').fill(name)
  await dialog.getByLabel('Why').fill(reason)
  await dialog.getByRole('button', { name: 'Set it' }).click()
  await dialog.waitFor({ state: 'hidden' })
  await page
    .locator('.screen-header')
    .getByText(new RegExp(`threshold ${name}, version`))
    .waitFor()
}

/** A camera's folder of so many parts is watched until all of them have a verdict. */
export async function watchFolder(
  page: Page,
  folder: string,
  parts: number,
  patience: Patience,
): Promise<void> {
  await go(page, 'Live')
  await page.getByRole('button', { name: 'Choose the folder that' }).click()
  await chooseFolder(page, folder)
  await page.getByRole('button', { name: 'Start', exact: true }).click()
  const figure = (name: string, value: number) =>
    page
      .locator('.figures > div')
      .filter({ hasText: name })
      .locator('dd')
      .getByText(String(value), { exact: true })
  await figure('Arrived', parts).waitFor({ timeout: patience.scoring })
  await figure('Waiting', 0).waitFor({ timeout: patience.scoring })
  await page.getByRole('main').getByRole('button', { name: 'Stop', exact: true }).click()
  await page.getByRole('button', { name: 'Start', exact: true }).waitFor()
}

/** Decides this many live parts by keyboard, as somebody who knows which are good. */
export async function review(
  page: Page,
  run: string,
  parts: number,
  isGood: (file: string) => boolean,
): Promise<{ accepted: number; rejected: number }> {
  await showRun(page, 'review', run)
  const splits = page.locator('.el-select').filter({ has: page.getByRole('combobox', { name: 'Split' }) })
  await choose(page, splits, 'Live')
  const name = page.getByRole('region', { name: 'About the part' }).locator('.name')
  const counts = { accepted: 0, rejected: 0 }
  for (let i = 0; i < parts; i++) {
    await page.locator('.choice.accept:enabled').waitFor()
    const file = z.string().parse(await name.getAttribute('title'))
    const good = isGood(basename(file))
    await page.keyboard.press(good ? 'a' : 'r')
    await page
      .getByRole('status')
      .filter({ hasText: `Stored: ${file}` })
      .waitFor()
    counts[good ? 'accepted' : 'rejected'] += 1
  }
  return counts
}

/** Looks at what is marked, takes what is good after all, and keeps the set as a version. */
export async function curate(
  page: Page,
  run: string,
  isGood: (file: string) => boolean,
  reason: string,
): Promise<{ candidates: number; marked: number; version: string }> {
  await showRun(page, 'curation', run)
  const candidates = page.getByRole('region', { name: 'Accepted parts' }).getByRole('listitem')
  await candidates.first().waitFor()
  const marked = candidates.and(page.locator('.marked'))
  for (const row of await marked.all()) {
    const box = row.getByRole('checkbox')
    const file = basename(
      z.string().parse(await row.locator('.words .truncate').first().getAttribute('title')),
    )
    if ((await box.isEnabled()) && !(await box.isChecked()) && isGood(file)) {
      await row.locator('.el-checkbox').click()
    }
  }
  const counts = { candidates: await candidates.count(), marked: await marked.count() }
  await page.getByLabel('Why').fill(reason)
  await page.getByRole('button', { name: 'Keep as a version' }).click()
  const told = page.getByText(/^Version \d+ with \d+ images is kept$/).first()
  await told.waitFor()
  return { ...counts, version: z.string().parse(await told.textContent()) }
}

/** Trains on the newest version; the id of the new run. */
export async function retrain(
  page: Page,
  run: string,
  start: 'warm' | 'beginning',
  patience: Patience,
): Promise<string> {
  await showRun(page, 'curation', run)
  const panel = page.getByRole('region', { name: 'Retrain' })
  await panel.getByText(start === 'warm' ? 'From its weights' : 'From the beginning').click()
  await panel.getByRole('button', { name: /^Train on version/ }).click()
  return trained(page, patience)
}

/** Both runs on the same validation parts; what the table says, by the name of the figure. */
export async function compare(page: Page, run: string, patience: Patience): Promise<Map<string, string[]>> {
  await showRun(page, 'runs', run)
  await page.getByRole('tab', { name: 'Compare' }).click()
  const score = page.getByRole('button', { name: 'Score and compare' })
  const table = page.getByRole('table', { name: 'Comparison' })
  await score.or(table).first().waitFor()
  if (await score.isVisible()) await score.click()
  await table.waitFor({ timeout: patience.scoring })
  const rows = new Map<string, string[]>()
  for (const row of await table.locator('tbody tr').all()) {
    const cells = await row.locator('td').allTextContents()
    rows.set(
      ((await row.locator('th').textContent()) ?? '').trim(),
      cells.map((cell) => cell.trim()),
    )
  }
  return rows
}

/** Opens the gate; what it says. */
export async function openGate(page: Page, run: string, patience: Patience): Promise<string> {
  await showRun(page, 'runs', run)
  await page.getByRole('main').getByRole('button', { name: 'Use this model' }).click()
  const verdict = page.getByRole('dialog', { name: 'Use this model' }).locator('.verdict')
  await verdict.waitFor({ timeout: patience.scoring })
  return z.string().parse(await verdict.textContent())
}

/** Through the gate that is open; where it asks for a reason, with this one. */
export async function promote(page: Page, reason: string): Promise<void> {
  const dialog = page.getByRole('dialog', { name: 'Use this model' })
  await dialog.getByLabel(/^Reason/).fill(reason)
  await dialog.getByRole('button', { name: 'Use from the next part on' }).click()
  await dialog.waitFor({ state: 'hidden' })
  await page.locator('.actions .in-use').waitFor()
}

export async function rollBack(page: Page, run: string, reason: string): Promise<void> {
  await showRun(page, 'runs', run)
  await page.getByRole('main').getByRole('button', { name: 'Roll back' }).click()
  const dialog = page.getByRole('dialog', { name: 'Roll back' })
  await dialog.getByLabel(/^Reason/).fill(reason)
  await dialog.getByRole('button', { name: 'Roll back' }).click()
  await dialog.waitFor({ state: 'hidden' })
}
