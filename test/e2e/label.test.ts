/** Masks are drawn by mouse, keyboard and fingers, proposed by a heat map, handed to other tools and taken back. */

import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import { labelDesk } from './label-desk.ts'
import { createStation, describeInChromium, eventually, scoredLine, signIn } from './station.ts'

describeInChromium('labeling in the window', () => {
  const station = createStation()
  const { workspace } = station
  beforeAll(() => scoredLine(station))
  const exported = (format: string) => join(station.folder, `masks ${format}`)
  let first = ''

  const { placeOf, saved, fileAtHand, imageOf, shapesOf, maskOf, drag, show, enter } = labelDesk(
    station,
    'Mei Lin',
  )

  it('stores a rectangle by itself: its shape, its type by the key, and the mask made of it', async () => {
    const page = await station.open('--workspace', workspace)
    await signIn(page, 'Mei Lin')
    await enter(page)
    first = await show(page, 'test/good')
    expect(imageOf(first)).toMatchObject({ label: 'normal', mask: null })
    await page.keyboard.press('2')
    await page.keyboard.press('q')
    await drag(page, [40, 40], [80, 70])
    await saved(page)
    const type = 'chip'
    await eventually(() => shapesOf(first)).toMatchObject([{ kind: 'rectangle', defectType: type }])
    expect(imageOf(first)).toMatchObject({ label: 'anomalous', defectType: type })
    const mask = await maskOf(first)
    expect([mask.at(42, 42), mask.at(78, 68), mask.at(37, 55), mask.at(60, 74)]).toEqual([
      true,
      true,
      false,
      false,
    ])
    // A pixel of the screen is less than one of the photograph.
    expect(Math.abs(mask.area - 40 * 30)).toBeLessThanOrEqual(2 * (40 + 30))
  })

  it('draws polygon and brush, and erases', async () => {
    const { page } = station
    const place = await placeOf(page)
    await page.keyboard.press('p')
    for (const [x, y] of [
      [150, 40],
      [210, 40],
      [180, 100],
    ] as const) {
      const at = place(x, y)
      await page.mouse.click(at.x, at.y)
    }
    await page.getByRole('button', { name: 'Close the polygon' }).click()
    await page.keyboard.press('b')
    await drag(page, [60, 180], [120, 180])
    await page.keyboard.press('e')
    await drag(page, [60, 30], [60, 90])
    await saved(page)
    await eventually(() =>
      shapesOf(first).map(({ kind, defectType }) => [kind, defectType === null]),
    ).toEqual([
      ['rectangle', false],
      ['polygon', false],
      ['stroke', false],
      ['stroke', true],
    ])
    const mask = await maskOf(first)
    expect([mask.at(180, 60), mask.at(90, 180), mask.at(45, 55), mask.at(60, 55)]).toEqual([
      true,
      true,
      true,
      false,
    ])
  })

  it('is undone to the beginning and done again to the end, and stored either way', async () => {
    const { page } = station
    const drawn = shapesOf(first)
    for (const _ of drawn) await page.keyboard.press('z')
    await page.getByRole('button', { name: 'Undo', exact: true, disabled: true }).waitFor()
    await saved(page)
    await eventually(() => shapesOf(first)).toEqual([])
    expect(imageOf(first)).toEqual({ label: 'normal', defectType: null, mask: null })
    for (const _ of drawn) await page.keyboard.press('y')
    await saved(page)
    await eventually(() => shapesOf(first)).toEqual(drawn)
  })

  it('copies what was drawn to the next photograph, and undoes on the one before when it comes back', async () => {
    const { page } = station
    const drawn = shapesOf(first)
    await page.keyboard.press('ArrowRight')
    await page.locator(`.work:not([aria-label="${first}"])`).waitFor()
    await saved(page)
    const second = await fileAtHand(page)
    await page.keyboard.press('k')
    await saved(page)
    await eventually(() => shapesOf(second)).toEqual(drawn)
    await page.keyboard.press('ArrowLeft')
    await page.locator(`.work[aria-label="${first}"]`).waitFor()
    await page.getByRole('button', { name: 'Undo', exact: true, disabled: false }).waitFor()
    await page.keyboard.press('z')
    await saved(page)
    await eventually(() => shapesOf(first)).toEqual(drawn.slice(0, -1))
    await page.keyboard.press('y')
    await saved(page)
    await eventually(() => shapesOf(first)).toEqual(drawn)
  })

  /** What the screen says of the photograph at hand: in the list, and in the panel. */
  const saidOf = async (page: Page) => ({
    row: (await page.locator('.pane .list-row.current .label').textContent())?.trim(),
    hasMask:
      (await page.locator('.pane .list-row.current').getByRole('img', { name: 'has a mask' }).count()) > 0,
    panel: (
      await page.locator('aside.side button.pressed[aria-pressed="true"]').first().textContent()
    )?.trim(),
  })

  it('leaves nothing of a stray stroke on a good part once it is undone, also after coming back', async () => {
    const { page } = station
    for (let steps = 0; imageOf(await fileAtHand(page)).mask !== null; steps += 1) {
      const before = await fileAtHand(page)
      await page.keyboard.press('ArrowRight')
      await page.locator(`.work:not([aria-label="${before}"])`).waitFor()
      await saved(page)
      if (steps > 3) throw new RangeError('no good part without a mask')
    }
    const file = await fileAtHand(page)
    const before = imageOf(file)
    expect(before).toEqual({ label: 'normal', defectType: null, mask: null })
    const shown = await saidOf(page)
    await page.keyboard.press('b')
    await drag(page, [100, 100], [140, 100])
    await saved(page)
    await eventually(() => imageOf(file)).toMatchObject({ label: 'anomalous', defectType: 'chip' })
    await eventually(() => saidOf(page)).toMatchObject({ row: 'chip', hasMask: true })
    await page.keyboard.press('ArrowLeft')
    await page.locator(`.work[aria-label="${file}"]`).waitFor({ state: 'detached' })
    await saved(page)
    await page.keyboard.press('ArrowRight')
    await page.locator(`.work[aria-label="${file}"]`).waitFor()
    await page.getByRole('button', { name: 'Undo', exact: true, disabled: false }).waitFor()
    await page.keyboard.press('z')
    // Shown before it is stored: list and panel never differ.
    await eventually(() => saidOf(page)).toEqual(shown)
    await saved(page)
    await eventually(() => imageOf(file)).toEqual(before)
    await page.keyboard.press('y')
    await saved(page)
    await eventually(() => imageOf(file)).toMatchObject({ label: 'anomalous', defectType: 'chip' })
    // Good, said by key: the mask goes with the label, the part stays in sight, and one undo brings both back.
    const { mask } = imageOf(file)
    await page.keyboard.press('g')
    await page.getByText('The mask was taken away').waitFor()
    await saved(page)
    await eventually(() => imageOf(file)).toEqual(before)
    expect(await fileAtHand(page)).toBe(file)
    await page.keyboard.press('z')
    await saved(page)
    await eventually(() => imageOf(file)).toEqual({ label: 'anomalous', defectType: 'chip', mask })
    await page.keyboard.press('z')
    await saved(page)
    await eventually(() => imageOf(file)).toEqual(before)
    while ((await fileAtHand(page)) !== first) {
      const here = await fileAtHand(page)
      await page.keyboard.press('ArrowLeft')
      await page.locator(`.work:not([aria-label="${here}"])`).waitFor()
      await saved(page)
    }
  })

  it('is drawn on by one finger, and moved and enlarged by two', async () => {
    const { page } = station
    const before = shapesOf(first)
    const place = await placeOf(page)
    const fingers = await page.context().newCDPSession(page)
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...points: [number, number][]) =>
      fingers.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: points.map(([x, y], id) => ({ ...place(x, y), id })),
      })
    await page.keyboard.press('b')
    await touch('touchStart', [100, 220])
    await touch('touchMove', [140, 220])
    await touch('touchEnd')
    await saved(page)
    await eventually(() => shapesOf(first)).toHaveLength(before.length + 1)
    expect((await maskOf(first)).at(120, 220)).toBe(true)
    const scale = page.locator('.tools .scale')
    const whole = (await scale.textContent()) ?? ''
    await touch('touchStart', [120, 128])
    await touch('touchStart', [120, 128], [136, 128])
    await touch('touchMove', [80, 128], [176, 128])
    await touch('touchEnd')
    await scale.filter({ hasNotText: whole }).waitFor()
    await page.keyboard.press('f')
    await scale.filter({ hasText: whole }).waitFor()
    expect(shapesOf(first)).toHaveLength(before.length + 1)
  })

  it('takes the proposal of the heat map, which the slider sets, and has it corrected by hand', async () => {
    const { page } = station
    const file = await show(page, 'test/scratch')
    const before = await maskOf(file)
    await page.keyboard.press('h')
    const level = page.getByRole('slider', { name: 'From this value on' })
    await level.focus()
    await page.keyboard.press('Home')
    await page.getByRole('button', { name: 'Use as mask' }).click()
    await saved(page)
    await eventually(() => shapesOf(file).at(-1)?.kind).toBe('region')
    const proposed = shapesOf(file)
    const mask = await maskOf(file)
    expect(mask.area).toBeGreaterThan(before.area)
    // Something that it proposed is taken away again.
    let wrong: [number, number] = [0, 0]
    for (let i = 0; i < 256 * 256; i += 1) {
      const [x, y] = [i % 256, Math.floor(i / 256)]
      if (mask.at(x, y)) wrong = [x, y]
    }
    await page.keyboard.press('e')
    await drag(page, wrong, [wrong[0] - 1, wrong[1]])
    await saved(page)
    await eventually(() => shapesOf(file)).toHaveLength(proposed.length + 1)
    const corrected = await maskOf(file)
    expect(corrected.area).toBeLessThan(mask.area)
    expect(corrected.at(...wrong)).toBe(false)
  })

  async function exchange(page: Page, which: 'Export masks' | 'Import masks', format: string): Promise<void> {
    // What was told of the one before says nothing of this one.
    await page.evaluate(`document.querySelectorAll('.notice .close').forEach((close) => close.click())`)
    await page.locator('.notice').first().waitFor({ state: 'detached' })
    await page.getByRole('button', { name: which }).click()
    await page.getByRole('menuitem', { name: new RegExp(`^${format}`) }).click()
    await page.getByLabel('Path of the folder').fill(exported(format))
    await page.getByRole('button', { name: 'Go', exact: true }).click()
    await page.getByRole('button', { name: 'Use this folder' }).click()
    if (which === 'Import masks') {
      const question = page.getByRole('dialog', { name: 'Import masks' })
      await question.getByText('There is no undo for all of them at once').waitFor()
      await question.getByRole('button', { name: 'Import the masks' }).click()
    }
  }

  it.each(['MVTec', 'COCO', 'labelme'])('hands masks out as %s and takes the same back', async (format) => {
    const { page } = station
    mkdirSync(exported(format), { recursive: true })
    const file = await show(page, first)
    const before = await maskOf(file)
    expect(before.area).toBeGreaterThan(0)
    const { mask } = imageOf(file)
    await exchange(page, 'Export masks', format)
    await page
      .getByText(/^Masks of \d+ images exported\.$/)
      .first()
      .waitFor()
    expect(readdirSync(exported(format)).length).toBeGreaterThan(0)
    // Something else is drawn over it, and what was handed out takes its place.
    await page.keyboard.press('q')
    await drag(page, [200, 200], [240, 240])
    await saved(page)
    await eventually(() => imageOf(file).mask).not.toBe(mask)
    await exchange(page, 'Import masks', format)
    await page
      .getByText(/^Masks of \d+ images imported\.$/)
      .first()
      .waitFor()
    await saved(page)
    await eventually(() => imageOf(file).mask).toBe(mask)
    expect(existsSync(join(workspace, 'images', (mask ?? '').slice(0, 2), `${mask}.png`))).toBe(true)
  })
})
