/** A region of interest is drawn in the window, kept by the dataset, and remembered by the run that learns with it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { regionOfInterestSchema } from '../../src/shared/region-of-interest.ts'
import { documents } from '../main/command-line/documents.ts'
import { createStation, describeInChromium, done, signIn, stockLine, stored } from './station.ts'

describeInChromium('a region of interest', () => {
  const station = createStation()
  beforeAll(() => stockLine(station, station.workspace))

  const dialog = () => station.page.getByRole('dialog', { name: /^Region of interest/ })
  /** Where is drawn, once the photograph is there. */
  const stage = () => dialog().locator('[role=application][aria-busy=false]')
  const region = () =>
    stored(station.workspace, z.object({ region: z.string() }), 'SELECT region FROM region_of_interest').map(
      (row) => regionOfInterestSchema.parse(JSON.parse(row.region)),
    )

  async function openDialog(): Promise<void> {
    await station.page.getByRole('button', { name: 'More for this dataset' }).click()
    await station.page.getByRole('menuitem', { name: 'Region of interest' }).click()
    await dialog().waitFor()
  }

  it('is drawn as a rectangle over a photograph, in shares of it', async () => {
    const page = await station.open('--workspace', station.workspace)
    await page.getByRole('navigation').getByRole('link', { name: 'Datasets' }).click()
    await signIn(page, 'Li Na')
    await openDialog()
    await dialog().getByText('Draw a region', { exact: true }).click()
    const box = await stage().boundingBox()
    if (box === null) throw new Error('There is nothing to draw on.')
    // The photographs are wider than high; both points lie on them.
    const at = (x: number, y: number) => [box.x + x * box.width, box.y + y * box.height] as const
    await page.mouse.move(...at(0.4, 0.3))
    await page.mouse.down()
    await page.mouse.move(...at(0.5, 0.5), { steps: 4 })
    await page.mouse.move(...at(0.6, 0.7), { steps: 4 })
    await page.mouse.up()
    // What counts of each photograph is said below it.
    await dialog()
      .getByText(/^\d+% counts$/)
      .first()
      .waitFor()
    await dialog().getByRole('button', { name: 'Set the region' }).click()
    await page.getByText('The region of sample is set.').waitFor()
    const [drawn] = region()
    if (drawn?.kind !== 'drawn') throw new Error('No drawn region is stored.')
    const [polygon = []] = drawn.polygons
    const [left = 0, top = 0, right = 0, , , bottom = 0] = polygon
    expect(drawn.polygons).toHaveLength(1)
    expect(polygon).toEqual([left, top, right, top, right, bottom, left, bottom])
    // Symmetric around the middle, as it was dragged.
    expect(left + right).toBeCloseTo(1, 1)
    expect(top + bottom).toBeCloseTo(1, 1)
    expect(right - left).toBeGreaterThan(0.1)
  })

  it('is written to the audit with who set it', () => {
    const rows = stored(
      station.workspace,
      z.object({ operator: z.string().nullable(), dataset: z.string() }),
      "SELECT operator, dataset FROM audit WHERE action = 'dataset.region'",
    )
    expect(rows).toEqual([{ operator: 'Li Na', dataset: 'sample' }])
  })

  it('is shown again as it was set, and a second one is a polygon beside the first', async () => {
    await openDialog()
    const page = station.page
    await dialog().getByText('Polygon', { exact: true }).click()
    const box = await stage().boundingBox()
    if (box === null) throw new Error('There is nothing to draw on.')
    const corner = (x: number, y: number) => page.mouse.click(box.x + x * box.width, box.y + y * box.height)
    await corner(0.42, 0.1)
    await corner(0.58, 0.1)
    await corner(0.5, 0.25)
    await dialog().getByRole('button', { name: 'Set the region' }).click()
    await dialog().waitFor({ state: 'hidden' })
    const [drawn] = region()
    if (drawn?.kind !== 'drawn') throw new Error('No drawn region is stored.')
    expect(drawn.polygons.map((polygon) => polygon.length)).toEqual([8, 6])
  })

  it('is that of a training from then on, which keeps it when the dataset has another', async () => {
    const before = region()
    await station.close()
    const at = ['--workspace', station.workspace, '--json']
    const training = '--dataset sample --preset smoke --set ganSteps=4 encoderSteps=4 discriminatorSamples=32'
    const { run } = documents.train.parse(await done(station.command('train', ...training.split(' '), ...at)))
    await done(station.command('region', '--dataset', 'sample', '--found', ...at))
    expect(region()).toEqual([{ kind: 'found', margin: 0.02 }])
    const kept = (file: string): unknown =>
      z
        .looseObject({ regionOfInterest: regionOfInterestSchema })
        .parse(JSON.parse(readFileSync(join(station.workspace, 'runs', run, file), 'utf8'))).regionOfInterest
    expect([kept('images.json')]).toEqual(before)
    expect([kept('model/model.json')]).toEqual(before)
  })

  it('is refused by the command line where it is drawn wrongly, and looked at without being set', async () => {
    const at = ['--dataset', 'sample', '--workspace', station.workspace, '--json']
    expect((await station.command('region', '--rectangle', '0.9,0.1,0.2,0.8', ...at)).code).toBe(2)
    expect((await station.command('region', '--polygon', '0.1,0.1 0.2,0.2', ...at)).code).toBe(2)
    expect((await station.command('region', '--found', '--none', ...at)).code).toBe(2)
    const preview = z
      .object({ preview: z.array(z.object({ share: z.number() })) })
      .parse(await done(station.command('region', '--rectangle', '0,0,0.5,1', '--preview', ...at)))
    expect(preview.preview).toHaveLength(8)
    for (const { share } of preview.preview) expect(share).toBeCloseTo(0.5, 1)
    expect(region()).toEqual([{ kind: 'found', margin: 0.02 }])
  })
})
