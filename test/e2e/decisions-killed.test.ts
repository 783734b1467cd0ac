/** The application is killed while a person decides part after part: what the screen had confirmed is stored. */

import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { createRandom } from '../../src/main/platform/random.ts'
import { datasetByName } from '../../src/main/store/datasets.ts'
import { iterateImages } from '../../src/main/store/images.ts'
import { createRun, setRunState } from '../../src/main/store/runs.ts'
import { saveScores } from '../../src/main/store/scores.ts'
import { openWorkspace } from '../../src/main/store/workspace.ts'
import { numbered, writeFolder } from '../main/features/import/photographs.ts'
import { plainScore } from '../main/store/plain-score.ts'
import { createStation, describeInChromium, done, eventually, signIn, stored } from './station.ts'

const rowSchema = z.object({ file: z.string(), decision: z.string() })
const keys = { a: 'accept', r: 'reject', u: 'unsure' } as const
const words = { accepted: 'accept', rejected: 'reject', left: 'unsure' } as const
const parts = 120
/** Each is a moment at which the application is killed. */
const seeds = [1, 2, 3, 4, 5]

describeInChromium('decisions through kill -9 while keys are pressed', () => {
  const station = createStation()
  const { workspace } = station
  let run = ''
  /** Of the rounds so far. */
  let before: z.output<typeof rowSchema>[] = []

  // What a model measured does not matter here, so the scores are made up.
  beforeAll(async () => {
    const folder = await writeFolder(join(station.folder, 'parts'), {
      ...numbered('train/good', 2, parts),
      ...numbered('test/good', parts),
    })
    await done(station.command('import', folder, '--dataset', 'parts', '--workspace', workspace, '--json'))
    const opened = openWorkspace(workspace)
    const { db } = opened
    const datasetId = datasetByName(db, 'parts')?.id ?? ''
    const made = { datasetId, model: 'fanogan', preset: 'smoke', seed: 1, config: {}, stepsTotal: 1 }
    run = createRun(db, made).id
    for (const state of ['training', 'trained'] as const) setRunState(db, run, state)
    const scores = [...iterateImages(db, { datasetId, split: 'test' })].map(({ id }) =>
      plainScore(id, 1 / id, { components: Float32Array.of(1 / id, 0) }),
    )
    saveScores(db, run, ['residual', 'feature'], scores)
    opened.close()
  })

  const rows = () =>
    stored(
      workspace,
      rowSchema,
      'SELECT image.file, decision FROM decision JOIN image ON image.id = image_id ORDER BY decision.id',
    )

  it.each(seeds)('keeps every one that the screen confirmed, round %i', async (seed) => {
    const random = createRandom(seed)
    const page = await station.open('--workspace', workspace)
    await signIn(page, 'Mei Lin')
    await page.evaluate(`location.hash = '#/review/${run}'`)
    await page.locator('.choice.accept:enabled').waitFor()
    // All that the screen ever said, noted as it was said.
    await page.evaluate(`(() => {
      const said = document.querySelector('.messages [role=status]')
      window.confirmed = []
      new MutationObserver(() => window.confirmed.push(said.textContent))
        .observe(said, { childList: true, characterData: true, subtree: true })
    })()`)
    const names = Object.keys(keys)
    const press = () => page.keyboard.press(names[random.int(names.length)] ?? 'a')
    const saidSoFar = async () => z.array(z.string()).parse(await page.evaluate('window.confirmed'))
    // A key pressed before the next part is on screen does nothing.
    for (const wanted = 2 + random.int(8); (await saidSoFar()).length < wanted; ) await press()
    // The signal is on its way while the keys go on.
    const pressing = (async () => {
      for (let i = 0; i < 20; i += 1) await press()
    })()
    for (let turns = random.int(400); turns > 0; turns -= 1) await new Promise((next) => setImmediate(next))
    await station.cut()
    await pressing

    const confirmed = (await saidSoFar()).flatMap((text) => {
      const [, file, word] = /^Stored: (.+) (accepted|rejected|left)\b/.exec(text) ?? []
      return file === undefined
        ? []
        : [{ file, decision: words[z.enum(['accepted', 'rejected', 'left']).parse(word)] }]
    })
    const now = rows()
    expect(now.slice(0, before.length)).toEqual(before)
    const fresh = now.slice(before.length)
    expect(confirmed.length).toBeGreaterThan(0)
    expect(fresh.slice(0, confirmed.length)).toEqual(confirmed)
    // One may have been stored whose answer did not come through any more.
    expect(fresh.length - confirmed.length).toBeLessThanOrEqual(1)
    before = now
  })

  it('shows them when the workspace is opened again', async () => {
    const page = await station.open('--workspace', workspace)
    await page.locator('.screen-header h1').waitFor()
    await page.evaluate(`location.hash = '#/review/${run}'`)
    const session = page.locator('.review-progress .done dd').first()
    await eventually(async () => (await session.textContent())?.trim()).toBe(`${before.length} / ${parts}`)
  })
})
