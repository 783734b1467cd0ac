/**
 * A spot of a part is shown beside the good places that it was compared with, and the training screen says how many
 * good photographs are enough.
 */
import { beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { backboneFile } from '../../src/main/model/backbones/backbone-files.ts'
import { curveReportSchema } from '../../src/shared/learning-curve.ts'
import { documents } from '../main/command-line/documents.ts'
import { barriers } from './barriers.ts'
import { createStation, describeInChromium, done, eventually, stockLine, stored } from './station.ts'

const weights = await backboneFile('efficientnet-lite2')
const reason = weights === null ? ' (the weights of efficientnet-lite2 are not here)' : ''

describeInChromium(`a memory of good parts in the window${reason}`, () => {
  if (weights === null) {
    it.skip('needs the weights of efficientnet-lite2', () => undefined)
    return
  }
  const station = createStation()
  let run = ''
  const at = ['--workspace', station.workspace, '--json']
  beforeAll(async () => {
    await stockLine(station)
    const training = '--dataset sample --model memory --preset quick'.split(' ')
    run = documents.train.parse(await done(station.command('train', ...training, ...at))).run
    await done(station.command('score', '--run', run, ...at))
  })

  const compared = () => station.page.getByRole('region', { name: 'Compared with good parts' })
  const goods = () => compared().getByRole('list', { name: 'The nearest on good parts' })

  it('shows the nearest good places beside the spot, each on a training photograph', async () => {
    const page = await station.open('--workspace', station.workspace)
    await page.evaluate(`location.hash = '#/review/${run}'`)
    await compared().getByRole('img', { name: 'This spot' }).waitFor()
    await compared()
      .getByText(
        'This spot looks least like good parts. The most similar place on a good part is shown beside it.',
      )
      .waitFor()
    await goods()
      .getByRole('img', { name: /^The place on .*train\/good\// })
      .first()
      .waitFor()
    expect(await barriers(page, { within: '.nearest' })).toEqual([])
  })

  it('goes away and comes back by a key and by its button', async () => {
    const { page } = station
    await page.keyboard.press('c')
    await compared().waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: /^Good parts/ }).click()
    await compared().getByRole('img', { name: 'This spot' }).waitFor()
    // The letter acts on the part again, and not on the button that was used.
    await page.keyboard.press('c')
    await compared().waitFor({ state: 'hidden' })
    await page.keyboard.press('c')
  })

  it('shows both large when a good place is touched', async () => {
    const { page } = station
    await goods().getByRole('button').first().click()
    const dialog = page.getByRole('dialog', { name: 'Compared with good parts' })
    await dialog.getByRole('img', { name: 'This spot' }).waitFor()
    await dialog.getByRole('img', { name: /^The place on / }).waitFor()
    expect(await barriers(page, { within: '.el-dialog' })).toEqual([])
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
  })

  it('says of a good photograph that was removed since that it is gone', async () => {
    const { page } = station
    const name = await goods().getByRole('img').first().getAttribute('aria-label')
    const file = (name ?? '').replace('The place on ', '')
    const [image] = stored(
      station.workspace,
      z.object({ id: z.int() }),
      `SELECT id FROM image WHERE file = '${file}'`,
    )
    const request = {
      dataset: 'sample',
      choice: { ids: [image?.id ?? 0] },
      change: { kind: 'remove' },
    }
    await page.evaluate(`window.fanoscope.call('dataset.change', ${JSON.stringify(request)})`)
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowLeft')
    await goods().getByText('Removed since').first().waitFor()
  })

  it('measures a learning curve where a training is begun, and shows it as it is stored', async () => {
    const { page } = station
    await page.evaluate(`location.hash = '#/train'`)
    const curve = page.getByRole('region', { name: 'How many good photographs are enough?' })
    await curve.getByRole('button', { name: 'Measure the learning curve' }).click()
    await curve.getByRole('progressbar').waitFor()
    await curve.getByText(/good photographs (do not help here|would help)/).waitFor({ timeout: 120_000 })
    const [report] = stored(
      station.workspace,
      z.object({ result: z.string() }),
      "SELECT result FROM job WHERE kind = 'curve' AND state = 'done'",
    ).map(({ result }) => curveReportSchema.parse(JSON.parse(result)))
    await eventually(() => curve.getByRole('row').count()).toBe(1 + (report?.points.length ?? 0))
    await curve
      .getByRole('cell', { name: (report?.points[0]?.mean ?? 0).toFixed(3) })
      .first()
      .waitFor()
    expect(await barriers(page)).toEqual([])
  })
})
