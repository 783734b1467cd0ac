/**
 * What two tabs show is what is stored, while an import, a training, a watched folder and a review with undo run at the
 * same time: no number waits for a reload.
 */
import { copyFileSync, mkdirSync, readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { numbered, writeFolder } from '../main/features/import/photographs.ts'
import {
  createStation,
  describeInChromium,
  done,
  eventually,
  goTo,
  patience,
  scoredLine,
  signIn,
  stored,
} from './station.ts'

type Figures = Record<string, string>

interface Shown {
  path: string
  /** A row for each figure, and in it what is counted and the number. */
  row: string
  name: string
  number: string
  /** Names and values of what is stored. */
  sql: string
}

const figureRow = z.object({ name: z.string(), value: z.union([z.int(), z.string()]) })

describeInChromium('what is shown while much happens at once', () => {
  const station = createStation()
  const { workspace } = station
  const camera = join(station.folder, 'camera')
  let run = ''
  let photographs: string[] = []
  let coming = ''
  let other: Page

  beforeAll(async () => {
    run = await scoredLine(station)
    mkdirSync(camera)
    const day = join(station.folder, 'next day')
    const size = '--seed 5 --train 20 --test-good 4 --per-defect 1 --json'
    await done(station.command('sample', day, ...size.split(' ')))
    const train = join(day, 'train')
    photographs = readdirSync(train, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.png'))
      .map((file) => join(train, file))
    coming = await writeFolder(join(station.folder, 'coming'), numbered('photos', 60, 0))
    const page = await station.open('--workspace', workspace)
    await signIn(page, 'Mei Lin')
    other = await page.context().newPage()
    await other.goto(page.url())
    await other.locator('h1').waitFor()
  }, 4 * patience)

  const call = (name: string, input: object): Promise<unknown> =>
    station.page.evaluate(
      `window.fanoscope.call(${JSON.stringify(name)}, ${JSON.stringify({ ...input, operator: 'Mei Lin' })})`,
    )
  const figuresOf = (sql: string): Figures =>
    Object.fromEntries(stored(workspace, figureRow, sql).map(({ name, value }) => [name, String(value)]))
  const one = (sql: string): string => figuresOf(`SELECT 'it' AS name, (${sql}) AS value`).it ?? ''

  const screens = (): Record<string, Shown> => ({
    datasets: {
      path: 'datasets',
      row: '.list a.dataset',
      name: '.strong',
      number: '.small',
      sql: `SELECT dataset.name AS name, count(*) AS value FROM dataset JOIN image ON dataset_id = dataset.id
        WHERE image.removed_at IS NULL AND dataset.removed_at IS NULL GROUP BY dataset.id`,
    },
    runs: {
      path: 'runs',
      row: '.data-table.sticky tbody tr',
      name: 'td a',
      number: 'td:nth-child(6)',
      sql: `SELECT id AS name,
        CASE WHEN steps_done = steps_total THEN steps_done ELSE steps_done || ' / ' || steps_total END AS value FROM run`,
    },
    review: {
      path: `review/${run}?split=test`,
      row: '.review-progress .done',
      name: 'dt',
      number: 'dd',
      sql: `SELECT 'Done' AS name, (SELECT count(DISTINCT image_id) FROM decision JOIN image ON image.id = image_id
          WHERE run_id = '${run}' AND undone_at IS NULL AND split = 'test')
        || ' / ' || (SELECT count(*) FROM score JOIN image ON image.id = image_id
          WHERE run_id = '${run}' AND split = 'test' AND image.removed_at IS NULL) AS value`,
    },
    live: {
      path: 'live',
      row: '.figures > div',
      name: 'dt',
      number: 'dd',
      sql: `SELECT 'Arrived' AS name, count(*) AS value FROM live_part
        UNION ALL SELECT 'Good', count(*) FROM live_part WHERE verdict = 'good'
        UNION ALL SELECT 'Flagged', count(*) FROM live_part WHERE verdict = 'flagged'`,
    },
  })

  /** Names and numbers of all rows at one moment, without the commas of large numbers. */
  async function shownOn(page: Page, { row, name, number }: Shown): Promise<Figures> {
    const found = await page.locator(row).evaluateAll(
      (rows, parts) =>
        rows.map((each) =>
          parts.map((part) => {
            const element = each.querySelector(part)
            // A run is told by its id, since its name is in the language of the window.
            if (element instanceof HTMLAnchorElement) return element.hash.split('/').at(-1) ?? ''
            return element?.textContent?.trim().replace(/\s+/g, ' ') ?? ''
          }),
        ),
      [name, number],
    )
    return Object.fromEntries(found.map(([of = '', value = '']) => [of, value.replace(/,| images?$/g, '')]))
  }

  /** Stays on a screen until it shows what is stored; both are read anew each time, since work goes on. */
  async function agrees(page: Page, name: string): Promise<void> {
    const screen = screens()[name] ?? expect.unreachable(name)
    await eventually(async () => {
      const before = figuresOf(screen.sql)
      const shown = await shownOn(page, screen)
      return Object.entries(before).filter(([of, value]) => shown[of] !== value)
    }, name).toEqual([])
  }

  const visit = async (page: Page, name: string): Promise<void> => {
    await goTo(page, screens()[name]?.path ?? expect.unreachable(name))
  }
  const idle = (): Promise<void> =>
    eventually(() =>
      one(`SELECT count(*) FROM job WHERE state IN ('queued', 'running') AND kind <> 'live'`),
    ).toBe('0')

  function take(from: number, to: number): void {
    for (const [i, photograph] of photographs.slice(from, to).entries()) {
      copyFileSync(photograph, join(camera, `${from + i}.part`))
      renameSync(join(camera, `${from + i}.part`), join(camera, `${from + i}.png`))
    }
  }

  it('follows decisions and their undo in the other tab', { timeout: 2 * patience }, async () => {
    const { page } = station
    await visit(page, 'review')
    await visit(other, 'review')
    const decided = `SELECT count(*) FROM decision WHERE undone_at IS NULL`
    for (const [key, count] of [
      ['a', 1],
      ['r', 2],
      ['a', 3],
      ['z', 2],
    ] as const) {
      await page.getByRole('group', { name: 'Decision' }).locator('.choice.accept:enabled').waitFor()
      await page.keyboard.press(key)
      await eventually(() => one(decided)).toBe(String(count))
      await agrees(page, 'review')
      await agrees(other, 'review')
    }
  })

  it('takes the notice of accepted parts away with their undo', { timeout: 2 * patience }, async () => {
    const { page } = station
    await page.getByRole('button', { name: /^Accept the other/ }).click()
    const dialog = page.getByRole('dialog')
    const takes = dialog.getByRole('button', { name: /^Accept/ })
    // Without a threshold, nothing tells which of them are good.
    await dialog.getByText('Accept all of them nevertheless').click()
    await takes.click()
    const notice = page.getByText(/parts? accepted/)
    await notice.waitFor()
    await agrees(other, 'review')
    await page.getByRole('button', { name: 'Undo' }).click()
    await notice.waitFor({ state: 'detached' })
    await agrees(page, 'review')
    await agrees(other, 'review')
  })

  it('follows an import, a training and a watched folder at once', { timeout: 6 * patience }, async () => {
    const { page } = station
    await visit(other, 'datasets')
    await call('dataset.import', { folder: coming, dataset: 'coming', unlabeledAs: 'normal' })
    await agrees(other, 'datasets')
    const set = { ganSteps: 300, encoderSteps: 100, discriminatorSamples: 32, batch: 2 }
    await call('train.start', { dataset: 'sample', model: 'fanogan', preset: 'smoke', set })
    await call('live.start', { folder: camera, run })
    take(0, 6)
    await visit(other, 'live')
    for (const name of ['runs', 'datasets', 'review', 'live']) {
      await visit(page, name)
      if (name !== 'runs') await agrees(page, name)
    }
    await visit(page, 'runs')
    await idle()
    take(6, 12)
    await eventually(() => one('SELECT count(*) FROM live_part')).toBe('12')
    await agrees(other, 'live')
    await agrees(page, 'runs')
  })

  it('shows the same in both tabs, on every screen, once all is at rest', {
    timeout: 4 * patience,
  }, async () => {
    for (const name of Object.keys(screens())) {
      for (const tab of [station.page, other]) {
        await visit(tab, name)
        await agrees(tab, name)
      }
    }
  })

  it('evaluates anew when a label has changed', { timeout: 2 * patience }, async () => {
    await goTo(other, `runs/${run}`)
    const says = other.getByText(/normal.*anomalous/i).last()
    const normal = `SELECT count(*) FROM image JOIN score ON image_id = image.id WHERE run_id = '${run}'
      AND split = 'test' AND label = 'normal' AND image.removed_at IS NULL`
    const tells = async (): Promise<boolean> => (await says.textContent())?.includes(one(normal)) === true
    await eventually(tells).toBe(true)
    const before = one(normal)
    const id = Number(
      one(`SELECT image.id FROM image JOIN score ON image_id = image.id WHERE run_id = '${run}'
      AND split = 'test' AND label = 'normal' LIMIT 1`),
    )
    const change = { kind: 'label', label: 'unlabeled' }
    await call('dataset.change', { dataset: 'sample', choice: { ids: [id] }, change })
    expect(one(normal)).not.toBe(before)
    await eventually(tells).toBe(true)
  })
})
