/** Every screen, with its tabs, its ways of showing things and its fullest dialogs, as somebody gets there in either language. */
import type { Locator, Page } from 'playwright-core'
import { goTo } from './station.ts'

/** What the places are about. */
export interface Things {
  run: string
  /** The path of a folder to import. */
  delivery: string
}

export interface Place {
  name: string
  path: (things: Things) => string
  /** What is done there, until what is to be looked at is on screen. */
  act?: (page: Page, things: Things) => Promise<void>
  /** The controls that are used with fingers, also in gloves. */
  touched?: string
}

/** By its text in both languages. */
const tab = (page: Page, index: number): Promise<void> => page.locator('main [role=tab]').nth(index).click()
const dialog = (page: Page): Locator =>
  page.locator('.el-dialog, .el-drawer').filter({ visible: true }).last()

const partIsOn = (page: Page): Promise<void> => page.locator('.choice.accept:enabled').waitFor()
const layout = (index: number) => async (page: Page) => {
  await partIsOn(page)
  await page.locator('.part-stage .el-segmented__item').nth(index).click()
  await partIsOn(page)
}

async function menuOfDataset(page: Page, index: number): Promise<void> {
  await page.locator('.detail .head .el-dropdown button, .detail .head [aria-haspopup]').first().click()
  await page.getByRole('menuitem').filter({ visible: true }).nth(index).click()
  await dialog(page).waitFor()
}

/** The import of a folder, as it was understood and may be corrected. */
async function planImport(page: Page, { delivery }: Things): Promise<void> {
  await page.locator('.screen-header .el-button--primary').click()
  await dialog(page).locator('.el-dialog__body .el-button').first().click()
  const picker = page
    .locator('.el-dialog')
    .filter({ visible: true })
    .filter({ has: page.locator('.folders') })
  await picker.locator('input').fill(delivery)
  await page.keyboard.press('Enter')
  await picker.locator('.el-dialog__footer .el-button--primary:enabled').click()
  await picker.waitFor({ state: 'hidden' })
  await dialog(page).getByRole('table').first().waitFor()
}

const review =
  '.decisions .el-button, .part-stage .control-bar.touch .el-button, .part-stage .el-segmented__item, .queue .row'
const label = '.work .control-bar .el-button, .work .stage-ground .el-button'
export const touchedLive = '.screen-header .el-button, .setup .el-button, .verdict .el-button, .desk .row'

const ofRun =
  (screen: string) =>
  ({ run }: Things) =>
    `${screen}/${run}`

export const places: Place[] = [
  { name: 'settings', path: () => 'settings' },
  { name: 'datasets', path: () => 'datasets' },
  {
    name: 'datasets, some chosen',
    path: () => 'datasets',
    act: async (page) => {
      for (const index of [1, 2]) await page.locator('.cell .check').nth(index).click({ force: true })
    },
  },
  {
    name: 'datasets, more filters',
    path: () => 'datasets',
    act: async (page) => {
      await page.locator('.filters .el-badge button').click()
      await page.locator('.el-popper[aria-hidden=false]').waitFor()
    },
  },
  {
    name: 'datasets, a photograph',
    path: () => 'datasets',
    act: async (page) => {
      await page.locator('[data-index="0"]').click()
      await dialog(page).waitFor()
    },
  },
  { name: 'datasets, splits', path: () => 'datasets', act: (page) => menuOfDataset(page, 0) },
  { name: 'datasets, duplicates', path: () => 'datasets', act: (page) => menuOfDataset(page, 1) },
  { name: 'datasets, region', path: () => 'datasets', act: (page) => menuOfDataset(page, 2) },
  { name: 'datasets, the plan of an import', path: () => 'datasets', act: planImport },
  {
    name: 'datasets, folder picker',
    path: () => 'datasets',
    act: async (page) => {
      await page.locator('.screen-header .el-button--primary').click()
      await dialog(page).locator('.el-dialog__body .el-button').first().click()
      await page.locator('.el-dialog').filter({ visible: true }).nth(1).waitFor()
    },
  },
  { name: 'label', path: () => 'label', touched: label },
  {
    name: 'label, the brush',
    path: () => 'label',
    touched: label,
    act: (page) => page.locator('.work .control-bar .el-button').nth(2).click(),
  },
  { name: 'train', path: () => 'train' },
  { name: 'a training', path: ofRun('train') },
  { name: 'review', path: ofRun('review'), touched: review, act: layout(0) },
  { name: 'review, side by side', path: ofRun('review'), touched: review, act: layout(1) },
  { name: 'review, swiped', path: ofRun('review'), touched: review, act: layout(2) },
  { name: 'review, four pictures', path: ofRun('review'), touched: review, act: layout(3) },
  {
    name: 'review, the truth shown',
    path: ofRun('review'),
    touched: review,
    act: async (page) => {
      await layout(0)(page)
      await page.keyboard.press('t')
    },
  },
  { name: 'thresholds', path: ofRun('thresholds'), act: (page) => tab(page, 0) },
  {
    name: 'thresholds, ways of scoring',
    path: ofRun('thresholds'),
    act: async (page) => {
      await tab(page, 0)
      await page.locator('.scores .settings .el-button').click()
      await dialog(page).waitFor()
    },
  },
  {
    name: 'thresholds, setting one',
    path: ofRun('thresholds'),
    act: async (page) => {
      await tab(page, 0)
      await page.locator('.save .el-button').click()
      await dialog(page).waitFor()
    },
  },
  { name: 'thresholds, operating points', path: ofRun('thresholds'), act: (page) => tab(page, 1) },
  { name: 'thresholds, audit', path: ofRun('thresholds'), act: (page) => tab(page, 2) },
  { name: 'curation', path: ofRun('curation') },
  { name: 'live', path: () => 'live', touched: touchedLive },
  { name: 'runs, evaluation', path: ofRun('runs'), act: (page) => tab(page, 0) },
  { name: 'runs, comparison', path: ofRun('runs'), act: (page) => tab(page, 1) },
  { name: 'runs, drift', path: ofRun('runs'), act: (page) => tab(page, 2) },
  { name: 'runs, curves', path: ofRun('runs'), act: (page) => tab(page, 3) },
  { name: 'runs, parameters', path: ofRun('runs'), act: (page) => tab(page, 4) },
  {
    name: 'runs as cards',
    path: ofRun('runs'),
    act: (page) => page.locator('.screen-header .el-segmented__item').nth(1).click(),
  },
  {
    name: 'shortcuts',
    path: () => 'settings',
    act: async (page) => {
      await page.keyboard.press('?')
      await dialog(page).waitFor()
    },
  },
  {
    name: 'palette',
    path: () => 'settings',
    act: async (page) => {
      await page.keyboard.press('Control+k')
      await dialog(page).waitFor()
    },
  },
  {
    name: 'jobs',
    path: () => 'settings',
    act: async (page) => {
      await page.keyboard.press('j')
      await dialog(page).waitFor()
    },
  },
  {
    name: 'the log',
    path: () => 'settings',
    act: async (page) => {
      await page.keyboard.press('j')
      await dialog(page).getByRole('tab').nth(1).click()
    },
  },
]

/** Closes what lies over the page, and goes to the place. */
export async function show(page: Page, place: Place, things: Things): Promise<void> {
  // What lies over the page before, and what was chosen there, is gone with it.
  await page.reload()
  await page.locator('h1').waitFor()
  await goTo(page, place.path(things))
  await place.act?.(page, things)
}
