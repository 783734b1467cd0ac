/**
 * Every picture: where it is taken, what a person would have done there, and which part of the window it shows.
 * Screens are made in both themes; what the guide shows beside them in the light one only.
 */

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('playwright-core').Locator} Locator */
/** @typedef {import('./station.mjs').Theme} Theme */
/** @typedef {(key: string) => string} Words */
/**
 * @typedef {object} Things
 * @property {string} run the one in use
 * @property {string} newest the newest one
 * @property {string} photographs the dataset of real photographs; empty where this machine has none
 * @property {string} delivery a folder to import
 */
/**
 * @typedef {object} Picture
 * @property {string} name
 * @property {import('./line.mjs').Moment} moment of the line's story, see `line.mjs`
 * @property {(things: Things) => string} address
 * @property {readonly Theme[]} themes
 * @property {(page: Page, t: Words, things: Things) => Promise<unknown>} [act]
 * @property {(page: Page, t: Words) => Locator} [part]
 */

const both = /** @type {const} */ (['dark', 'light'])
const light = /** @type {const} */ (['light'])

/** @param {Page} page @param {string} name */
const button = (page, name) => page.getByRole('button', { name }).first()
/** @param {Page} page @param {string} name */
const tab = (page, name) => page.getByRole('tab', { name, exact: true })
/** A dialog that is on screen. @param {Page} page */
const dialog = (page) => page.locator('.el-dialog').filter({ visible: true }).last()

/**
 * Chooses in a list: its box takes the clicks, not the field inside it.
 * @param {Page} page
 * @param {string} list
 * @param {string} option
 */
async function choose(page, list, option) {
  const box = page.locator('.el-select__wrapper', {
    has: page.getByRole('combobox', { name: list, exact: true }),
  })
  await box.first().click()
  await page.getByRole('option', { name: option }).filter({ visible: true }).first().click()
  // Keys belong to the screen again.
  await page.evaluate('document.activeElement.blur()')
}

/** A part is on stage. @param {Page} page @param {Words} t */
async function partOnStage(page, t) {
  await button(page, t('review.decide.accept')).and(page.locator(':enabled')).waitFor()
  await page.getByText(t('review.picture.loading')).waitFor({ state: 'detached' })
}

/**
 * The next parts until one has a flagged region and is not decided: what a person decides about.
 * @param {Page} page
 * @param {Words} t
 * @param {number} steps
 */
async function stepOn(page, t, steps) {
  await partOnStage(page, t)
  for (let step = 0; step < steps; step += 1) {
    await page.keyboard.press('ArrowRight')
    await partOnStage(page, t)
  }
}

/** The folder that is asked for, by its path. @param {Page} page @param {Words} t @param {string} path */
async function pickFolder(page, t, path) {
  const field = page.getByLabel(t('folder.path')).locator('visible=true')
  await field.waitFor()
  await button(page, t('folder.use')).and(page.locator(':enabled')).waitFor()
  await field.fill(path)
  await page.getByRole('button', { name: t('folder.go'), exact: true }).click()
  await button(page, t('folder.use')).click()
}

/** @param {Page} page @param {Words} t @param {Things} things */
async function previewDelivery(page, t, { delivery }) {
  await button(page, t('datasets.import')).click()
  await button(page, t('import.choose')).click()
  await pickFolder(page, t, delivery)
  await page.getByText(t('import.untouched')).waitFor()
}

/** @param {Things} things */
const ofRun = ({ run }) => run

/** @type {Picture[]} */
export const pictures = [
  { name: 'start', moment: 'empty', themes: both, address: () => '' },

  { name: 'training', moment: 'training', themes: both, address: (of) => `#/train/${ofRun(of)}` },
  {
    name: 'jobs',
    moment: 'training',
    themes: light,
    address: () => '#/datasets',
    act: async (page, t) => {
      await page.keyboard.press('j')
      await page.getByRole('heading', { name: t('jobs.drawer') }).waitFor()
    },
  },

  {
    name: 'live',
    moment: 'watching',
    themes: both,
    address: () => '#/live',
    act: async (page, t) => {
      await page
        .locator('.row', { hasText: t('live.verdicts.flagged') })
        .first()
        .click()
      await page.locator('.verdict.flagged').waitFor()
    },
  },

  { name: 'datasets', moment: 'ready', themes: both, address: () => '#/datasets' },
  {
    name: 'photographs',
    moment: 'ready',
    themes: light,
    address: ({ photographs }) => `#/datasets/${photographs}`,
  },
  {
    name: 'label',
    moment: 'ready',
    themes: both,
    address: () => '#/label',
    act: async (page, t) => {
      await choose(page, t('datasets.split'), t('split.test'))
      await choose(page, t('datasets.label'), t('label.anomalous'))
      await page.keyboard.press('v')
      await page.getByText(t('labeling.state.saved'), { exact: true }).waitFor()
    },
  },
  { name: 'train', moment: 'ready', themes: both, address: () => '#/train' },
  {
    name: 'review',
    moment: 'ready',
    themes: both,
    address: (of) => `#/review/${ofRun(of)}`,
    act: (page, t) => partOnStage(page, t),
  },
  {
    name: 'thresholds',
    moment: 'ready',
    themes: both,
    address: (of) => `#/thresholds/${ofRun(of)}`,
    act: async (page, t) => {
      await choose(page, t('thresholds.target.title'), t('thresholds.target.recall'))
      await button(page, t('thresholds.target.find')).click()
      await page.locator('.el-button.is-loading').waitFor({ state: 'detached' })
    },
  },
  {
    name: 'operating-points',
    moment: 'ready',
    themes: both,
    address: (of) => `#/thresholds/${ofRun(of)}`,
    act: (page, t) => tab(page, t('thresholds.tab.points')).click(),
  },
  {
    name: 'audit',
    moment: 'ready',
    themes: both,
    address: (of) => `#/thresholds/${ofRun(of)}`,
    act: async (page, t) => {
      await tab(page, t('thresholds.tab.audit')).click()
      await button(page, t('audit.check')).click()
      await page.getByText(t('audit.head')).waitFor()
    },
  },
  { name: 'curation', moment: 'ready', themes: both, address: (of) => `#/curation/${ofRun(of)}` },
  { name: 'runs', moment: 'ready', themes: both, address: (of) => `#/runs/${ofRun(of)}` },
  {
    name: 'comparison',
    moment: 'ready',
    themes: both,
    address: ({ newest }) => `#/runs/${newest}`,
    act: async (page, t) => {
      await tab(page, t('compare.tab')).click()
      await page.getByRole('heading', { name: t('compare.flips') }).waitFor()
    },
  },
  {
    name: 'drift',
    moment: 'ready',
    themes: both,
    address: (of) => `#/runs/${ofRun(of)}`,
    act: async (page, t) => {
      await tab(page, t('drift.tab')).click()
      await page.getByText(t('drift.index'), { exact: true }).waitFor()
    },
  },
  { name: 'settings', moment: 'ready', themes: both, address: () => '#/settings' },

  {
    name: 'sign-in',
    moment: 'ready',
    themes: light,
    address: (of) => `#/review/${ofRun(of)}`,
    act: async (page, t) => {
      await partOnStage(page, t)
      await page.getByRole('button', { name: 'Mei Lin', exact: true }).click()
      await button(page, t('operator.signOut')).click()
      await page.keyboard.press('a')
      await page.getByLabel(t('operator.name')).locator('visible=true').waitFor()
    },
  },
  {
    name: 'shortcuts',
    moment: 'ready',
    themes: light,
    address: (of) => `#/review/${ofRun(of)}`,
    act: async (page, t) => {
      await partOnStage(page, t)
      await page.keyboard.press('?')
      await page.getByText(t('shortcuts.everywhere')).waitFor()
    },
    part: dialog,
  },
  {
    name: 'palette',
    moment: 'ready',
    themes: light,
    address: () => '#/datasets',
    act: async (page, t) => {
      await page.keyboard.press('Control+k')
      await page.getByRole('combobox', { name: t('palette.search') }).waitFor()
    },
    part: dialog,
  },
  {
    name: 'review-four',
    moment: 'ready',
    themes: light,
    address: (of) => `#/review/${ofRun(of)}`,
    act: async (page, t) => {
      await stepOn(page, t, 1)
      await page.getByText(t('review.layout.four'), { exact: true }).click()
    },
  },
  {
    name: 'review-second',
    moment: 'ready',
    themes: light,
    address: (of) => `#/review/${ofRun(of)}`,
    act: async (page, t) => {
      await partOnStage(page, t)
      await choose(page, t('review.split'), t('split.test'))
      await partOnStage(page, t)
      await choose(page, t('review.view.label'), t('review.view.second'))
      await partOnStage(page, t)
    },
  },
  {
    name: 'review-disagreements',
    moment: 'ready',
    themes: light,
    address: (of) => `#/review/${ofRun(of)}`,
    act: async (page, t) => {
      await partOnStage(page, t)
      await choose(page, t('review.split'), t('split.test'))
      await partOnStage(page, t)
      await choose(page, t('review.view.label'), t('review.view.disagreements'))
      await page.getByRole('list', { name: t('review.opinions') }).waitFor()
      await partOnStage(page, t)
    },
  },
  {
    name: 'selection',
    moment: 'ready',
    themes: light,
    address: () => '#/datasets',
    act: async (page, t) => {
      const boxes = page.getByRole('checkbox', { name: new RegExp(`^${t('datasets.selection.select')}`) })
      for (const index of [1, 2, 4]) await boxes.nth(index).check({ force: true })
      await button(page, t('datasets.selection.move')).click()
      await page.getByRole('menuitem').first().waitFor()
    },
  },
  {
    name: 'splits',
    moment: 'imported',
    themes: light,
    address: () => '#/datasets',
    act: async (page, t) => {
      await button(page, t('datasets.actions')).click()
      await page.getByRole('menuitem', { name: t('datasets.splitting.open') }).click()
      await page.getByRole('table').locator('visible=true').first().waitFor()
    },
    part: dialog,
  },
  {
    name: 'duplicates',
    moment: 'ready',
    themes: light,
    address: () => '#/datasets',
    act: async (page, t) => {
      await button(page, t('datasets.actions')).click()
      await page.getByRole('menuitem', { name: t('datasets.duplicates.open') }).click()
      await button(page, t('datasets.duplicates.again')).waitFor()
    },
    part: dialog,
  },
  {
    name: 'region',
    moment: 'ready',
    themes: light,
    address: () => '#/datasets',
    act: async (page, t) => {
      await button(page, t('datasets.actions')).click()
      await page.getByRole('menuitem', { name: t('region.open') }).click()
      await dialog(page).getByText(t('region.kind.found'), { exact: true }).click()
      // Dark around the part once it has been found, and its share below: eight of them, behind that of the margin.
      await dialog(page)
        .getByText(/\d\s?%/)
        .nth(8)
        .waitFor()
    },
    part: dialog,
  },
  {
    name: 'label-map',
    moment: 'ready',
    themes: light,
    address: () => '#/label',
    act: async (page, t) => {
      await choose(page, t('datasets.split'), t('split.test'))
      await choose(page, t('datasets.label'), t('label.anomalous'))
      await page.getByText(t('labeling.state.saved'), { exact: true }).waitFor()
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('h')
      await button(page, t('labeling.map.apply')).waitFor()
    },
  },
  {
    name: 'choose',
    moment: 'ready',
    themes: light,
    address: (of) => `#/thresholds/${ofRun(of)}`,
    act: async (page, t) => {
      await button(page, t('choose.open')).click()
      const compare = dialog(page).getByRole('button', { name: t('choose.compare') })
      const found = dialog(page).getByRole('row').nth(1)
      await compare.or(found).first().waitFor()
      // Compared once; the other language shows the same.
      if (await compare.isVisible()) await compare.click()
      await found.waitFor({ timeout: 300_000 })
    },
    part: dialog,
  },
  {
    name: 'point-dialog',
    moment: 'ready',
    themes: light,
    address: (of) => `#/thresholds/${ofRun(of)}`,
    act: async (page, t) => {
      await button(page, t('thresholds.save.open')).click()
      await page.getByLabel(t('thresholds.save.name'), { exact: true }).waitFor()
    },
    part: dialog,
  },
  {
    name: 'promotion',
    moment: 'ready',
    themes: light,
    address: ({ newest }) => `#/runs/${newest}`,
    act: async (page, t) => {
      await button(page, t('promote.open')).click()
      await button(page, t('promote.go')).waitFor()
      await page.getByRole('cell').locator('visible=true').first().waitFor()
      await page.locator('.promote').getByRole('cell').first().waitFor()
    },
    part: dialog,
  },
  {
    name: 'export',
    moment: 'ready',
    themes: light,
    address: (of) => `#/runs/${ofRun(of)}`,
    act: async (page, t) => {
      await button(page, t('export.open')).click()
      await page.getByRole('menuitem', { name: t('export.format.report') }).waitFor()
    },
  },
  {
    name: 'import-preview',
    moment: 'ready',
    themes: light,
    address: () => '#/datasets',
    act: previewDelivery,
    part: dialog,
  },
  {
    name: 'import-report',
    moment: 'ready',
    themes: light,
    address: () => '#/datasets',
    act: async (page, t, things) => {
      await previewDelivery(page, t, things)
      await page
        .getByRole('button', { name: new RegExp(`^${t('import.start')}`) })
        .filter({ visible: true })
        .last()
        .click()
      await button(page, t('import.show')).waitFor()
    },
    part: dialog,
  },
]
