/**
 * Every state of a workspace that a person can bring about has words and a way on, on every screen. Nowhere is there
 * an empty screen, an error that nobody put in words, or a failure that leaves nothing to click.
 */

import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { settled } from '../../scripts/window/settled.mjs'
import { openWorkspace } from '../../src/main/store/workspace.ts'
import { numbered, writeFolder } from '../main/features/import/photographs.ts'
import { createStation, describeInChromium, done, patience, scoredLine, stored } from './station.ts'

/** What only a program would say: names of calls, values that are none, and errors that were not put in words. */
const raw =
  /should not happen|\[object|\bundefined\b|\bNaN\b|\bInfinity\b|∞|[[{]"|Invalid input|expected \w+, received|Code: (internal|bad-\w+|unknown-call)|ENOENT/

interface State {
  dataset: string | null
  run: string | null
}

/** The addresses of the screens, as the rail and the links of other screens lead to them. */
const screensOf = ({ dataset, run }: State): Record<string, string> => ({
  // First and not last, so that the screen that is on is always another one.
  settings: '/settings',
  datasets: `/datasets/${dataset ?? ''}`,
  label: `/label/${dataset ?? ''}`,
  train: dataset === null ? '/train' : `/train?dataset=${dataset}`,
  ...(run === null ? {} : { training: `/train/${run}` }),
  review: `/review/${run ?? ''}`,
  thresholds: `/thresholds/${run ?? ''}`,
  curation: `/curation/${run ?? ''}`,
  live: '/live',
  runs: `/runs/${run ?? ''}`,
})

/** What is wrong with the screen as it is now. */
async function wrongWith(page: Page): Promise<string[]> {
  await settled(page)
  const main = page.getByRole('main')
  const words = z
    .string()
    .parse(await page.evaluate('document.body.innerText'))
    .replaceAll(/\s+/g, ' ')
  const said = raw.exec(words)
  const found: string[] = []
  if (said !== null) found.push(`says "${words.slice(Math.max(0, said.index - 100), said.index + 120)}"`)
  if (((await main.textContent()) ?? '').trim().length < 20) found.push('says nothing')
  const wayOn = main.locator('button:enabled, a[href], input:enabled, [role=tab]')
  if ((await wayOn.filter({ visible: true }).count()) === 0) found.push('has nothing to click')
  for (const alert of await page.locator('.failure').filter({ visible: true }).all()) {
    if ((await alert.locator('.remedy').count()) === 0) found.push(`no remedy: ${await alert.textContent()}`)
  }
  return found
}

const dialogs = ['Split again', 'Duplicates across splits', 'Region of interest']

/** Opens what the dataset on the screen offers, and looks at it. */
async function openDialogs(page: Page): Promise<string[]> {
  const found: string[] = []
  for (const name of dialogs) {
    await page.getByRole('button', { name: 'More for this dataset' }).click()
    await page.getByRole('menuitem', { name }).click()
    const dialog = page.getByRole('dialog').filter({ visible: true })
    await dialog.waitFor()
    for (const problem of await wrongWith(page)) found.push(`${name}: ${problem}`)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
  }
  return found
}

/** Looks at every screen, and at each of its tabs. Tells what is wrong, with the place. */
async function walk(page: Page, state: State): Promise<string[]> {
  const found: string[] = []
  for (const [screen, address] of Object.entries(screensOf(state))) {
    // The heading that is on belongs to the screen before, until it is gone.
    await page.evaluate(`{
      document.querySelector('h1').dataset.before = ''
      location.hash = ${JSON.stringify(`#${address}`)}
    }`)
    await page.locator('h1:not([data-before])').waitFor()
    for (const problem of await wrongWith(page)) found.push(`${screen}: ${problem}`)
    if (screen === 'datasets' && state.dataset !== null) found.push(...(await openDialogs(page)))
    const tabs = page.getByRole('main').getByRole('tab').filter({ visible: true })
    for (const name of await tabs.allInnerTexts()) {
      await tabs.filter({ hasText: name }).first().click()
      for (const problem of await wrongWith(page)) found.push(`${screen}, ${name}: ${problem}`)
    }
  }
  return found
}

describeInChromium('a new workspace', () => {
  const station = createStation()

  it('has words and a way on, on every screen', { timeout: 4 * patience }, async () => {
    openWorkspace(station.workspace, { create: true }).close()
    const page = await station.open('--workspace', station.workspace)
    await page.getByText('No datasets yet').waitFor()
    expect(await walk(page, { dataset: null, run: null })).toEqual([])
  })
})

describeInChromium('a workspace with datasets of every kind', () => {
  const station = createStation()
  const kinds = {
    'only good': { count: 16, label: 'normal' },
    'only defects': { count: 6, label: 'anomalous' },
    'only unlabeled': { count: 6, label: 'unlabeled' },
    'one photograph': { count: 1, label: 'normal' },
  } as const
  const { workspace } = station
  const runs: Record<string, string> = {}
  const few = '--set ganSteps=4 encoderSteps=4 discriminatorSamples=32 batch=2'.split(' ')
  const at = ['--workspace', station.workspace, '--json']

  const open = (): Promise<Page> => station.open('--workspace', station.workspace)

  const idOf = (name: string): string =>
    stored(
      station.workspace,
      z.object({ id: z.string() }),
      `SELECT id FROM dataset WHERE name = '${name}'`,
    )[0]?.id ?? expect.unreachable(`There is no dataset ${name}.`)

  /** A model that was trained on a few good photographs, with scores of all that it can score. */
  async function model(dataset: string): Promise<string> {
    const training = station.command('train', '--dataset', dataset, '--preset', 'smoke', ...few, ...at)
    const { run } = z.object({ run: z.string() }).parse(await done(training))
    for (const split of ['test', 'validation']) {
      await station.command('score', '--run', run, '--split', split, ...at)
    }
    return run
  }

  beforeAll(async () => {
    runs.sample = await scoredLine(station)
    let first = 0
    for (const [name, { count, label }] of Object.entries(kinds)) {
      const folder = await writeFolder(join(station.folder, name), numbered('photos', count, first))
      first += count
      await done(station.command('import', folder, '--dataset', name, '--unlabeled-as', label, ...at))
    }
    runs['only good'] = await model('only good')
    await open()
  }, 8 * patience)

  it.each(Object.keys(kinds))(
    'with %s: every screen has words and a way on',
    { timeout: 4 * patience },
    async (name) => {
      expect(await walk(station.page, { dataset: idOf(name), run: runs[name] ?? null })).toEqual([])
    },
  )

  const call = (name: string, input: object): Promise<unknown> =>
    station.page.evaluate(`window.fanoscope.call(${JSON.stringify(name)}, ${JSON.stringify(input)})`)

  it('with all photographs removed', { timeout: 4 * patience }, async () => {
    const dataset = idOf('only good')
    await call('dataset.change', { dataset, choice: { filter: {} }, change: { kind: 'remove' } })
    expect(await walk(station.page, { dataset, run: runs['only good'] ?? null })).toEqual([])
  })

  it('with a frozen validation split', { timeout: 4 * patience }, async () => {
    await call('dataset.freeze', { dataset: idOf('sample'), frozen: true })
    expect(await walk(station.page, { dataset: idOf('sample'), run: runs.sample ?? null })).toEqual([])
  })

  /** The files of photographs or of masks, wherever the workspace keeps them. */
  function filesOf(column: 'sha256' | 'mask_sha256'): string[] {
    const rows = stored(
      workspace,
      z.object({ sha256: z.string() }),
      `SELECT DISTINCT ${column} AS sha256 FROM image WHERE ${column} IS NOT NULL`,
    )
    const wanted = new Set(rows.map(({ sha256 }) => sha256))
    return below('images').filter((path) => wanted.has(basename(path).split('.')[0] ?? ''))
  }

  /** The heat maps and reconstructions of all runs. */
  const mapFiles = (): string[] => {
    const names = new Set(
      stored(
        workspace,
        z.object({ file: z.string() }),
        `SELECT map_file AS file FROM score WHERE map_file IS NOT NULL
         UNION SELECT reconstruction_file FROM score WHERE reconstruction_file IS NOT NULL`,
      ).map(({ file }) => basename(file)),
    )
    return below('runs').filter((path) => names.has(basename(path)))
  }

  const below = (folder: string): string[] =>
    readdirSync(join(workspace, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))

  const broken = (path: string): void => writeFileSync(path, 'nothing that can be read')
  const missing = (path: string): void => rmSync(path)

  it.each([
    ['masks are broken', () => filesOf('mask_sha256'), broken],
    ['maps are broken', mapFiles, broken],
    ['maps are missing', mapFiles, missing],
    ['masks are missing', () => filesOf('mask_sha256'), missing],
    ['photographs are broken', () => filesOf('sha256'), broken],
    ['photographs are missing', () => filesOf('sha256'), missing],
  ] as const)('where %s on the disk', { timeout: 4 * patience }, async (_what, files, damage) => {
    const damaged = files()
    expect(damaged.length).toBeGreaterThan(0)
    for (const path of damaged) damage(path)
    // The browser notes each picture that it asks for in vain; what the screens say instead is looked at.
    station.expects(/status of (?:404|422) .*\/asset\/(?:original|mask|map|reconstruction)\//)
    await station.close()
    expect(await walk(await open(), { dataset: idOf('sample'), run: runs.sample ?? null })).toEqual([])
  })
})
