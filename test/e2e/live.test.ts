/** A folder is watched: what comes into it is judged, written down, and neither lost nor judged twice. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { createStation, describeInChromium, done, eventually, scoredLine, stored } from './station.ts'

const partSchema = z.object({
  file: z.string(),
  verdict: z.string().nullable(),
  score: z.number().nullable(),
  threshold: z.number().nullable(),
  scores: z.int(),
})

describeInChromium('a watched folder in the window', () => {
  const station = createStation()
  const { workspace } = station
  const camera = join(station.folder, 'camera')
  const results = join(station.folder, 'camera results')
  /** Photographs of another day, in the order in which the camera takes them. */
  let photographs: string[] = []

  beforeAll(async () => {
    await scoredLine(station)
    mkdirSync(camera)
    const day = join(station.folder, 'next day')
    const made = '--seed 5 --train 20 --test-good 10 --per-defect 4 --json'
    await done(station.command('sample', day, ...made.split(' ')))
    const files = readdirSync(day, { recursive: true, encoding: 'utf8' })
    photographs = files.filter((file) => /^(train|test).*\.png$/.test(file)).map((file) => join(day, file))
  })

  const name = (i: number) => `${String(i).padStart(3, '0')}.png`

  /** As camera software does it: under another name first. */
  function take(from: number, to: number): void {
    for (const [i, photograph] of photographs.slice(from, to).entries()) {
      const partial = join(camera, `${name(from + i)}.part`)
      copyFileSync(photograph, partial)
      renameSync(partial, join(camera, name(from + i)))
    }
  }

  const parts = () =>
    stored(
      workspace,
      partSchema,
      `SELECT file, verdict, live_part.score, threshold,
         (SELECT count(*) FROM score WHERE score.image_id = live_part.image_id) AS scores
       FROM live_part ORDER BY file`,
    )
  /** File and verdict of each line of the results. */
  const lines = (): string[][] =>
    readFileSync(join(results, 'results.csv'), 'utf8')
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',').slice(0, 2))
      .toSorted()
  const names = (count: number) => Array.from({ length: count }, (_, i) => name(i))

  const figure = (page: Page, title: string) =>
    page.locator('.figures > div').filter({ hasText: title }).locator('dd')
  async function judged(page: Page, count: number): Promise<void> {
    await figure(page, 'Arrived').getByText(String(count), { exact: true }).waitFor()
    await figure(page, 'Waiting').getByText('0', { exact: true }).waitFor()
  }
  const live = (page: Page) => page.getByRole('navigation').getByRole('link', { name: 'Live' }).click()

  it('shows each part large with its verdict, and writes it down', async () => {
    const page = await station.open('--workspace', workspace)
    await live(page)
    await page.getByRole('button', { name: 'Choose the folder that the camera writes to' }).click()
    await page.getByLabel('Path of the folder').fill(camera)
    await page.getByRole('button', { name: 'Go', exact: true }).click()
    await page.getByRole('button', { name: 'Use this folder' }).click()
    await page.getByRole('button', { name: 'Start', exact: true }).click()
    await page.getByRole('status').filter({ hasText: 'Watching' }).waitFor()
    take(0, 4)
    await judged(page, 4)
    const shown = page.locator('.verdict')
    await eventually(async () => {
      const file = await shown.locator('.file').getAttribute('title')
      const verdict = (await shown.locator('strong').textContent())?.toLowerCase()
      return parts().some((part) => part.file === file && part.verdict === verdict)
    }).toBe(true)
    expect(parts().map((part) => [part.file, part.scores])).toEqual(names(4).map((one) => [one, 1]))
    for (const { verdict: is, score, threshold } of parts()) {
      if (score === null || threshold === null) throw new RangeError('a part has no score')
      expect(is).toBe(score > threshold ? 'flagged' : 'good')
    }
  })

  it('says by how much it falls behind, and is killed in the middle of it', async () => {
    const { page } = station
    take(4, 44)
    await page.getByText(/^Falls behind: \d+ parts wait\.$/).waitFor()
    await figure(page, 'Arrived').getByText('44', { exact: true }).waitFor()
    await station.kill()
    const open = parts().filter(({ verdict }) => verdict === null)
    expect(parts().map(({ file }) => file)).toEqual(names(44))
    expect(open.length).toBeGreaterThan(0)
  })

  it('goes on where it was, and scores none twice and skips none, nor what came meanwhile', async () => {
    take(44, 48)
    const page = await station.open('--workspace', workspace)
    await live(page)
    await judged(page, 48)
    // What is written is written when it has closed.
    await station.close()
    const all = parts()
    expect(all.map(({ file }) => file)).toEqual(names(48))
    expect(all.every(({ verdict, scores }) => verdict !== null && scores === 1)).toBe(true)
    expect(lines()).toEqual(all.map(({ file, verdict }) => [file, verdict]))
    for (const { file } of all.filter(({ verdict }) => verdict === 'flagged')) {
      expect(existsSync(join(results, 'flagged', file))).toBe(true)
      expect(existsSync(join(results, 'flagged', file.replace('.png', '.heat.png')))).toBe(true)
    }
  })

  it('is watched again after the next start, until a person stops it', async () => {
    const page = await station.open('--workspace', workspace)
    await live(page)
    await page.getByRole('status').filter({ hasText: 'Watching' }).waitFor()
    await page.locator('.screen-header').getByRole('button', { name: 'Stop', exact: true }).click()
    await page.getByRole('button', { name: 'Start', exact: true }).waitFor()
    expect(
      stored(workspace, z.object({ active: z.int() }), 'SELECT active FROM live_watch').map(
        ({ active }) => active,
      ),
    ).toEqual([0])
    expect(lines()).toHaveLength(48)
  })
})
