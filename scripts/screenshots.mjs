/**
 * `npm run screenshots`: pictures of every screen, in both themes and both languages, made from the real
 * application on the sample line with a model that is trained for it. `docs/images/review.png` is the one that
 * README shows; the others are `docs/images/<picture>-<theme>-<language>.png`, of which the guide shows the light
 * ones. What each shows is in `screenshots/pictures.mjs`.
 *
 *   npm run screenshots -- [--preset smoke|quick] [--only PICTURE,…] [--workspace DIR]
 *                          [--theme dark|light] [--language en|zh-CN]
 *
 * With --workspace, pictures are made of that workspace as it is: of its model in use and of its newest run.
 */
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import { firstOperator, photographsName, workTheLine, writeDelivery } from './screenshots/line.mjs'
import { pictures } from './screenshots/pictures.mjs'
import { drawn, openStation } from './screenshots/station.mjs'
import { wordsOf } from './screenshots/words.mjs'
import { placesIn, projectRoot } from './setup/places.mjs'
import { duration } from './setup/report.mjs'
import { launchChromium } from './window/chromium.mjs'

/** @typedef {import('./screenshots/station.mjs').Station} Station */
/** @typedef {import('./screenshots/pictures.mjs').Picture} Picture */

const images = join(placesIn(projectRoot).root, 'docs', 'images')
const languages = /** @type {const} */ (['en', 'zh-CN'])
/** Folders that the pictures show an import of. */
const deliveries = { en: 'supplier B', 'zh-CN': '供应商 B' }
const margin = 20

const { values } = parseArgs({
  options: {
    preset: { type: 'string', default: 'quick' },
    only: { type: 'string' },
    workspace: { type: 'string' },
    theme: { type: 'string' },
    language: { type: 'string' },
  },
})
const asked = values.only?.split(',') ?? pictures.map(({ name }) => name)
const unknown = asked.filter((name) => pictures.every((picture) => picture.name !== name))
if (unknown.length > 0) {
  const names = pictures.map(({ name }) => name).join(', ')
  process.stderr.write(`There is no picture ${unknown.join(', ')}. There are: ${names}.\n`)
  process.exit(2)
}

const started = Date.now()
const moments = /** @type {const} */ (['empty', 'imported', 'training', 'watching', 'ready'])
const wantedMoments = moments.map((when) =>
  pictures.some(({ name, moment }) => moment === when && asked.includes(name)),
)
/** @param {string} text */
const say = (text) =>
  process.stderr.write(`${((Date.now() - started) / 1000).toFixed(0).padStart(4)} s  ${text}\n`)
/** @type {string[]} */
const failed = []

/**
 * Where the part of the window is that a picture shows, with a little around it.
 * @param {import('playwright-core').Locator} part
 */
async function around(part) {
  const box = await part.boundingBox()
  if (box === null) throw new Error('The part of the window is not there.')
  const x = Math.max(0, Math.floor(box.x) - margin)
  const y = Math.max(0, Math.floor(box.y) - margin)
  return {
    x,
    y,
    width: Math.min(1440 - x, Math.ceil(box.width) + 2 * margin),
    height: Math.min(900 - y, Math.ceil(box.height) + 2 * margin),
  }
}

/**
 * Few colors are enough for a screen, and make the file a third as large.
 * @param {Buffer} picture
 * @param {string} file
 */
async function write(picture, file) {
  const smaller = await sharp(picture)
    .png({ palette: true, quality: 92, effort: 7, compressionLevel: 9 })
    .toBuffer()
  writeFileSync(join(images, file), smaller)
  say(`docs/images/${file}`)
}

/**
 * @param {Station} station
 * @param {Picture['moment']} moment
 * @param {{ run: string, newest: string }} runs
 * @param {string} folder
 */
async function photograph(station, moment, runs, folder) {
  const { page } = station
  /** @type {{ id: string, name: string }[]} */
  const datasets = moment === 'empty' ? [] : await station.call('dataset.list')
  const photographs = datasets.find(({ name }) => name === photographsName)?.id ?? ''
  if (moment === 'ready' && photographs === '') say('No picture of real photographs: this machine has none.')
  const wanted = pictures.filter(
    ({ name, moment: when }) =>
      when === moment && asked.includes(name) && (name !== 'photographs' || photographs !== ''),
  )
  const spoken = languages.filter((name) => name === (values.language ?? name))
  for (const language of spoken) {
    const t = wordsOf(language)
    const delivery = join(folder, deliveries[language])
    for (const { name, themes, address, act, part } of wanted) {
      for (const theme of themes.filter((one) => one === (values.theme ?? one))) {
        const file = `${name}-${theme}-${language}.png`
        try {
          const things = { ...runs, photographs, delivery }
          if (moment !== 'empty') await station.signIn(firstOperator)
          await station.open(address(things), theme, language)
          await act?.(page, t, things)
          const picture = await drawn(page, part === undefined ? undefined : () => around(part(page, t)))
          await write(picture, file)
          if (file === 'review-dark-en.png') await write(picture, 'review.png')
        } catch (error) {
          failed.push(file)
          say(`${file}: ${error instanceof Error ? error.message : error}`)
        }
      }
    }
  }
}

// Always the same, since some pictures show a path.
const folder = join(tmpdir(), 'fanoscope')
try {
  mkdirSync(folder)
} catch {
  say(
    `${folder} is there already: another run is at work, or was ended. Remove the folder in the second case.`,
  )
  process.exit(1)
}
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
const env = { ...process.env, FANOSCOPE_STATE: join(folder, 'state.json') }
mkdirSync(images, { recursive: true })
const browser = await launchChromium()
/** @type {Station | null} */
let station = null
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => void Promise.resolve(station?.close()).finally(() => process.exit(130)))
try {
  station = await openStation(browser, env, [], say)
  await photograph(station, 'empty', { run: '', newest: '' }, folder)
  if (wantedMoments.slice(1).includes(true)) {
    await station.close()
    const workspace = values.workspace ?? join(folder, 'Line 4')
    for (const [index, language] of languages.entries())
      await writeDelivery(join(folder, deliveries[language]), 11 + index)
    const open = await openStation(browser, env, ['--workspace', workspace], say)
    station = open
    if (values.workspace === undefined)
      await workTheLine(open, folder, values.preset, async (moment, run) => {
        say(`${moment}, after ${duration(Date.now() - started)}`)
        const [newest] = await open.call('run.list', { state: 'trained' })
        await photograph(open, moment, { run, newest: newest?.id ?? run }, folder)
        return wantedMoments.slice(1 + moments.indexOf(moment)).includes(true)
      })
    else {
      /** @type {{ id: string }[]} */
      const runs = await open.call('run.list', { state: 'trained' })
      const inUse = await open.call('model.list')
      const newest = runs[0]?.id ?? ''
      await open.signIn(firstOperator)
      for (const moment of moments.slice(1))
        await photograph(open, moment, { run: inUse[0]?.runId ?? newest, newest }, folder)
    }
  }
  const bytes = readdirSync(images).reduce((sum, name) => sum + statSync(join(images, name)).size, 0)
  say(`Done in ${duration(Date.now() - started)}; docs/images has ${(bytes / 1e6).toFixed(1)} MB.`)
} finally {
  await station?.close().catch((error) => say(String(error)))
  await browser.close()
}
if (failed.length > 0) {
  say(`Not made: ${failed.join(', ')}`)
  process.exitCode = 1
}
