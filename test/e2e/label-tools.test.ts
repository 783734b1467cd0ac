/** Shapes are cut out of, parted, merged and given another type; a smart brush grows; regions can be ignored. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import type { Shape } from '../../src/shared/label.ts'
import { labelDesk } from './label-desk.ts'
import { createStation, describeInChromium, done, eventually, signIn, stockLine } from './station.ts'

describeInChromium('the tools of the label screen', () => {
  const station = createStation()
  const desk = labelDesk(station, 'Mei Lin')
  const { saved, imageOf, shapesOf, maskOf, drag, click, placeOf, show, enter } = desk
  beforeAll(() => stockLine(station))
  let file = ''

  const undo = async (page: Page): Promise<void> => {
    await page.keyboard.press('z')
    await saved(page)
  }
  const kinds = (): string[] => shapesOf(file).map(({ kind }) => kind)
  const areaOf = async (): Promise<number> => (await maskOf(file)).area
  /** A pixel of the screen is less than one of the photograph. */
  const about = (area: number, around: number): [number, number] => [area - around, area + around]

  it('a hole is cut out of a polygon, counts as good, and is one step of undo', async () => {
    const page = await station.open('--workspace', station.workspace)
    await signIn(page, 'Mei Lin')
    await enter(page)
    file = await show(page, 'test/good')
    await page.keyboard.press('p')
    await click(page, [40, 40], [140, 40], [140, 140], [40, 140])
    await page.keyboard.press('Enter')
    await saved(page)
    await page.keyboard.press('F4')
    await click(page, [60, 60], [100, 60], [100, 100], [60, 100])
    await page.keyboard.press('Enter')
    await saved(page)
    await eventually(() => shapesOf(file)).toMatchObject([{ kind: 'polygon', holes: [expect.any(Array)] }])
    const mask = await maskOf(file)
    expect([mask.at(50, 50), mask.at(80, 80), mask.at(120, 120)]).toEqual([true, false, true])
    const [least, most] = about(100 * 100 - 40 * 40, 2 * 400)
    expect(mask.area).toBeGreaterThan(least)
    expect(mask.area).toBeLessThan(most)
    await undo(page)
    await eventually(() => shapesOf(file).some((shape) => 'holes' in shape)).toBe(false)
    await page.keyboard.press('y')
    await saved(page)
    await eventually(() => shapesOf(file).some((shape) => 'holes' in shape)).toBe(true)
  })

  it.each(['coco', 'labelme', 'mvtec'] as const)(
    'the hole is handed out as %s and comes back equal',
    async (format) => {
      const folder = join(station.folder, `holes ${format}`)
      mkdirSync(folder)
      const { mask } = imageOf(file)
      const of = ['--dataset', 'sample', '--format', format, '--workspace', station.workspace, '--json']
      const operator = ['--operator', 'Mei Lin']
      await station.close()
      await done(station.command('masks', 'export', folder, ...of, ...operator))
      await done(station.command('masks', 'import', folder, ...of, ...operator))
      expect(imageOf(file).mask).toBe(mask)
      const page = await station.open('--workspace', station.workspace)
      await signIn(page, 'Mei Lin')
      await enter(page)
      await show(page, file)
    },
  )

  it('a line across a shape makes two of it, which together mark the same', async () => {
    const { page } = station
    await page.keyboard.press('q')
    await drag(page, [160, 160], [220, 220])
    await saved(page)
    const before = shapesOf(file).length
    const area = await areaOf()
    await page.keyboard.press('F6')
    await drag(page, [190, 150], [190, 235])
    await saved(page)
    await eventually(() => shapesOf(file)).toHaveLength(before + 1)
    expect(await areaOf()).toBe(area)
    expect(kinds().slice(-2)).toEqual(['polygon', 'polygon'])
    // A line that ends within a shape parts nothing, and says so.
    await drag(page, [150, 170], [175, 170])
    await page.getByText('The line parts no shape').waitFor()
    await undo(page)
    await eventually(() => shapesOf(file)).toHaveLength(before)
    await page.keyboard.press('y')
    await saved(page)
  })

  it('two selected shapes of one type are merged into one', async () => {
    const { page } = station
    const before = shapesOf(file).length
    const area = await areaOf()
    await page.keyboard.press('v')
    await click(page, [170, 190])
    await page.keyboard.down('Shift')
    await click(page, [210, 190])
    await page.keyboard.up('Shift')
    await page.getByRole('button', { name: 'Merge the selected shapes' }).click()
    await saved(page)
    await eventually(() => shapesOf(file)).toHaveLength(before - 1)
    expect(await areaOf()).toBe(area)
    await undo(page)
    await eventually(() => shapesOf(file)).toHaveLength(before)
  })

  it('the type of a selected shape is changed by a digit, and shapes of two types are not merged', async () => {
    const { page } = station
    await page.keyboard.press('Escape')
    await click(page, [210, 190])
    await page.keyboard.press('3')
    await saved(page)
    await eventually(() => new Set(shapesOf(file).map(({ defectType }) => defectType)).size).toBe(2)
    const shapes = shapesOf(file)
    // By keyboard alone: the next shape, and the one after it.
    await page.keyboard.press('Escape')
    for (let i = 1; i < shapes.length; i += 1) await page.keyboard.press('F9')
    await page.keyboard.press('Shift+F9')
    await page.keyboard.press('F7')
    await page.getByText('Only shapes of one type can be merged').waitFor()
    await undo(page)
    await eventually(() => new Set(shapesOf(file).map(({ defectType }) => defectType)).size).toBe(1)
  })

  it('the smart brush grows from where it is pressed, more by a drag and by the wheel, and is dropped by Esc', async () => {
    const { page } = station
    file = await show(page, 'test/stain')
    const before = shapesOf(file)
    const place = await placeOf(page)
    await page.keyboard.press('F3')
    const at = place(128, 128)
    const grow = async (by: number, wheel: number): Promise<Shape[]> => {
      await page.mouse.move(at.x, at.y)
      await page.mouse.down()
      await page.mouse.move(at.x + by, at.y, { steps: 4 })
      if (wheel !== 0) await page.mouse.wheel(0, wheel)
      await page.mouse.up()
      await saved(page)
      await eventually(() => shapesOf(file)).toHaveLength(before.length + 1)
      const grown = shapesOf(file)
      await undo(page)
      await eventually(() => shapesOf(file)).toEqual(before)
      return grown
    }
    const sizeOf = (shapes: Shape[]): number => {
      const last = shapes.at(-1)
      if (last?.kind !== 'region') throw new RangeError('nothing has grown')
      return last.runs.reduce((sum, run, i) => sum + (i % 2 === 1 ? run : 0), 0)
    }
    const tolerance = page.getByRole('slider', { name: 'Tolerance' })
    const value = async (): Promise<number> => Number(await tolerance.getAttribute('aria-valuenow'))
    const start = await value()
    const small = sizeOf(await grow(-40, 0))
    expect(await value()).toBeLessThan(start)
    const large = sizeOf(await grow(120, 0))
    expect(large).toBeGreaterThan(small)
    const dragged = await value()
    await grow(0, -100)
    expect(await value()).toBeGreaterThan(dragged)
    await page.mouse.move(at.x, at.y)
    await page.mouse.down()
    await page.keyboard.press('Escape')
    await page.mouse.up()
    await page.keyboard.press('[')
    await eventually(value).toBeLessThan((await value()) + 1)
    expect(shapesOf(file)).toEqual(before)
  })

  it('what the smart brush has grown belongs to its photograph, however soon somebody goes on', async () => {
    const { page } = station
    file = await show(page, 'test/')
    const before = shapesOf(file)
    const place = await placeOf(page)
    await page.keyboard.press('F3')
    const { x, y } = place(128, 128)
    // At once, as no hand can be: before the brush has an answer.
    await page.evaluate(`(() => {
      const canvas = document.querySelector('.ground .canvas')
      const at = { clientX: ${x}, clientY: ${y}, pointerId: 1, button: 0, bubbles: true }
      canvas.dispatchEvent(new PointerEvent('pointerdown', { ...at, buttons: 1 }))
      canvas.dispatchEvent(new PointerEvent('pointerup', at))
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }))
    })()`)
    await page.locator(`.work:not([aria-label="${file}"])`).waitFor()
    await saved(page)
    await eventually(() => shapesOf(file)).toHaveLength(before.length + 1)
    // Taken back at once, it was never there.
    await page.keyboard.press('ArrowLeft')
    await page.locator(`.work[aria-label="${file}"]`).waitFor()
    await saved(page)
    await undo(page)
    await eventually(() => shapesOf(file)).toEqual(before)
  })

  it('a region to be ignored leaves a good part good and without a mask', async () => {
    const { page } = station
    file = await show(page, 'train/good')
    const before = imageOf(file)
    await page.keyboard.press('F8')
    await page.keyboard.press('q')
    await drag(page, [30, 30], [90, 90])
    await saved(page)
    await eventually(() => shapesOf(file)).toMatchObject([{ kind: 'rectangle', defectType: '__ignore__' }])
    expect(imageOf(file)).toEqual(before)
    expect(
      await page
        .locator('aside.side')
        .getByRole('button', { name: /^To be ignored 1/ })
        .count(),
    ).toBe(1)
    // Marked as good again by key: what is to be ignored stays.
    await page.keyboard.press('g')
    await saved(page)
    await page.keyboard.press('ArrowLeft')
    await page.locator(`.work[aria-label="${file}"]`).waitFor()
    await saved(page)
    expect(shapesOf(file)).toHaveLength(1)
  })
})
