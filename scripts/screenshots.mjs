/**
 * `npm run screenshots`: pictures of every screen, in both themes and both languages, made from the real
 * application on the sample line with a model that is trained for it. `docs/images/review.png` is the one that
 * README shows; the others are `docs/images/<screen>-<theme>-<language>.png`.
 *
 *   npm run screenshots -- [--preset smoke|quick] [--only SCREEN,…] [--workspace DIR]
 *
 * With --workspace, pictures are made of that workspace as it is: of its newest trained run.
 */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { currentNode } from './setup/node.mjs'
import { placesIn, projectRoot } from './setup/places.mjs'
import { duration } from './setup/report.mjs'
import { launchChromium } from './window/chromium.mjs'
import { serveWindow } from './window/served.mjs'
import { settled } from './window/settled.mjs'

/** @typedef {'dark' | 'light'} Theme */

const places = placesIn(projectRoot)
const images = join(places.root, 'docs', 'images')
const operator = 'Mei Lin'
const themes = /** @type {const} */ (['dark', 'light'])
const languages = /** @type {const} */ (['en', 'zh-CN'])
/** Its address below the page, for a run; null where no workspace may be open. */
const screens = {
  start: () => null,
  datasets: () => '#/datasets',
  label: () => '#/label',
  train: () => '#/train',
  training: (/** @type {string} */ run) => `#/train/${run}`,
  review: (/** @type {string} */ run) => `#/review/${run}`,
  thresholds: (/** @type {string} */ run) => `#/thresholds/${run}`,
  curation: (/** @type {string} */ run) => `#/curation/${run}`,
  live: () => '#/live',
  runs: (/** @type {string} */ run) => `#/runs/${run}`,
  settings: () => '#/settings',
}
/** @type {(keyof typeof screens)[]} */
const screenNames = [
  'start',
  'datasets',
  'label',
  'train',
  'training',
  'review',
  'thresholds',
  'curation',
  'live',
  'runs',
  'settings',
]

const { values } = parseArgs({
  options: {
    preset: { type: 'string', default: 'quick' },
    only: { type: 'string' },
    workspace: { type: 'string' },
  },
})
const wanted = screenNames.filter(
  (name) => values.only === undefined || values.only.split(',').includes(name),
)

/** @param {string} text */
const say = (text) => process.stderr.write(`${text}\n`)

/**
 * The command line as a person uses it; progress goes to standard error, the document comes back.
 * @param {NodeJS.ProcessEnv} env
 * @param {string[]} parameters
 * @returns {Promise<any>}
 */
function fanoscope(env, ...parameters) {
  say(`fanoscope ${parameters.join(' ')}`)
  return new Promise((resolve, reject) => {
    const child = spawn(
      currentNode(places),
      [join(places.root, 'src', 'main', 'cli.ts'), ...parameters, '--json'],
      { cwd: places.root, env, stdio: ['ignore', 'pipe', 'inherit'] },
    )
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text
    })
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(output))
      else reject(new Error(`fanoscope ${parameters[0]} ended with ${code}: ${output}`))
    })
  })
}

/**
 * The sample line with a model trained on it, scored, and a few decisions.
 * @param {NodeJS.ProcessEnv} env
 * @param {string} folder
 */
async function prepare(env, folder) {
  const workspace = join(folder, 'Line 4')
  const parts = join(folder, 'sample')
  const at = ['--workspace', workspace]
  await fanoscope(env, 'sample', parts)
  await fanoscope(env, 'import', parts, '--dataset', 'sample', '--has-direction', ...at)
  const training = ['--dataset', 'sample', '--model', 'fanogan', '--preset', values.preset, '--seed', '1']
  const { run } = await fanoscope(env, 'train', ...training, ...at)
  await fanoscope(env, 'score', '--run', run, ...at)
  await fanoscope(env, 'score', '--run', run, '--split', 'validation', ...at)
  const nextDay = join(folder, 'next day')
  await fanoscope(env, 'sample', nextDay, ...'--seed 7 --train 12 --test-good 1 --per-defect 1'.split(' '))
  await fanoscope(env, 'score', '--run', run, '--images', join(nextDay, 'train', 'good'), ...at)
  /** @type {{ image: number, file: string }[]} */
  const queue = await fanoscope(env, 'review', '--run', run, '--list', ...at)
  const test = queue.filter(({ file }) => file.startsWith('test/'))
  const fresh = queue.filter(({ file }) => !/^(test|train)\//.test(file))
  // As after the first minutes of a shift: what stood out most is decided, and rightly; of the next day, all.
  for (const { image, file } of [...test.slice(0, 3), ...fresh]) {
    await fanoscope(
      env,
      'review',
      '--run',
      run,
      '--image',
      String(image),
      '--decision',
      file.startsWith('test/') && !file.includes('good/') ? 'reject' : 'accept',
      '--operator',
      operator,
      ...at,
    )
  }
  return workspace
}

/**
 * Whether this machine has a font for Chinese: without one every character is the same empty box.
 * @param {import('playwright-core').Page} page
 */
async function showsChinese(page) {
  return await page.evaluate(`(() => {
    const drawn = (text) => {
      const canvas = document.createElement('canvas')
      const context = canvas.getContext('2d')
      context.font = '40px sans-serif'
      context.fillText(text, 10, 60)
      return canvas.toDataURL()
    }
    return drawn('检') !== drawn('训')
  })()`)
}

/**
 * @param {import('playwright-core').Page} page
 * @param {string} base
 * @param {string} address
 * @param {Theme} theme
 * @param {string} language
 */
async function open(page, base, address, theme, language) {
  await page.evaluate(
    `(async () => {
      await window.fanoscope.call('setting.set', { key: 'ui.theme', value: ${JSON.stringify(theme)} })
      await window.fanoscope.call('setting.set', { key: 'ui.language', value: ${JSON.stringify(language)} })
    })()`,
  )
  // Elsewhere first: an address that differs behind the # alone loads nothing.
  await page.goto('about:blank')
  await page.goto(`${base}${address}`)
  await settled(page)
}

/**
 * @param {import('playwright-core').Browser} browser
 * @param {{ env: NodeJS.ProcessEnv, parameters: string[], names: (keyof typeof screens)[] }} what
 */
async function photograph(browser, { env, parameters, names }) {
  if (names.length === 0) return
  const host = await serveWindow(env, parameters)
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-US' })
  try {
    const page = await context.newPage()
    page.on('pageerror', (error) => say(`The page: ${error.message}`))
    await page.goto(host.url)
    await settled(page)
    const runs = await page.evaluate(
      `window.fanoscope.call('run.list', { state: 'trained' }).then((all) => all.map(({ id }) => id), () => [])`,
    )
    const run = Array.isArray(runs) ? String(runs[0] ?? '') : ''
    if (parameters.length > 0) {
      const name = JSON.stringify(operator)
      await page.evaluate(`(async () => {
        await window.fanoscope.call('operator.signIn', { name: ${name} })
        sessionStorage.setItem('fanoscope.operator', ${name})
      })()`)
    }
    const chinese = await showsChinese(page)
    if (!chinese) say('No pictures in Chinese: this machine has no font for it (for instance Noto Sans CJK).')
    for (const theme of themes) {
      for (const language of languages.filter((name) => name !== 'zh-CN' || chinese)) {
        for (const name of names) {
          await open(page, host.url, screens[name](run) ?? '', theme, language)
          const file = `${name}-${theme}-${language}.png`
          await page.screenshot({ path: join(images, file), animations: 'disabled' })
          if (file === 'review-dark-en.png') await page.screenshot({ path: join(images, 'review.png') })
          say(`docs/images/${file}`)
        }
      }
    }
  } finally {
    await context.close()
    await host.end()
  }
}

const started = Date.now()
const folder = mkdtempSync(join(tmpdir(), 'fanoscope-screenshots-'))
const env = { ...process.env, FANOSCOPE_STATE: join(folder, 'state.json') }
mkdirSync(images, { recursive: true })
const browser = await launchChromium()
try {
  await photograph(browser, { env, parameters: [], names: wanted.filter((name) => name === 'start') })
  const others = wanted.filter((name) => name !== 'start')
  if (others.length > 0) {
    const workspace = values.workspace ?? (await prepare(env, folder))
    await photograph(browser, { env, parameters: ['--workspace', workspace], names: others })
  }
  say(`Done in ${duration(Date.now() - started)}.`)
} finally {
  await browser.close()
  rmSync(folder, { recursive: true, force: true })
}
