/** Masks are drawn by mouse, keyboard and fingers, proposed by a heat map, handed to other tools and taken back. */
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { type Shape, shapesSchema } from '../../src/shared/label.ts'
import { createStation, describeInChromium, scoredLine, signIn, stored } from './station.ts'

const imageSchema = z.object({
  label: z.string(),
  defectType: z.string().nullable(),
  mask: z.string().nullable(),
})
const drawnSchema = z.object({ shapes: z.string(), operator: z.string().nullable() })

describeInChromium('labeling in the window', () => {
  const station = createStation()
  const { workspace } = station
  beforeAll(() => scoredLine(station))
  const exported = (format: string) => join(station.folder, `masks ${format}`)
  let first = ''

  const stage = (page: Page) => page.locator('.work .canvas')
  /** The photograph at hand; its list row is the current one. */
  const fileAtHand = async (page: Page): Promise<string> =>
    z.string().parse(await page.locator('.work').getAttribute('aria-label'))
  /** Everything that was drawn is stored. */
  const saved = (page: Page) => page.locator('.state.saved').waitFor()

  function imageOf(file: string): z.infer<typeof imageSchema> {
    const [found] = stored(
      workspace,
      imageSchema,
      `SELECT label, defect_type AS defectType, mask_sha256 AS mask FROM image WHERE file = '${file}'`,
    )
    if (found === undefined) throw new RangeError(`no image ${file}`)
    return found
  }

  function shapesOf(file: string): Shape[] {
    const [found] = stored(
      workspace,
      drawnSchema,
      `SELECT shapes, operator.name AS operator FROM annotation JOIN image ON image.id = image_id
       LEFT JOIN operator ON operator.id = operator_id WHERE file = '${file}'`,
    )
    if (found === undefined) return []
    // What came from a file was drawn by nobody here.
    if (found.operator !== null) expect(found.operator).toBe('Mei Lin')
    return shapesSchema.parse(JSON.parse(found.shapes))
  }

  /** The mask's picture on disk: whether a pixel is defect, and how many are. */
  async function maskOf(file: string): Promise<{ at(x: number, y: number): boolean; area: number }> {
    const { mask } = imageOf(file)
    if (mask === null) return { at: () => false, area: 0 }
    const path = join(workspace, 'images', mask.slice(0, 2), `${mask}.png`)
    const { data, info } = await sharp(path).extractChannel(0).raw().toBuffer({ resolveWithObject: true })
    return { at: (x, y) => data[y * info.width + x] !== 0, area: data.filter((value) => value !== 0).length }
  }

  /** Where a pixel of the photograph, 256 x 256 and shown as a whole, is on screen. */
  async function placeOf(page: Page): Promise<(x: number, y: number) => { x: number; y: number }> {
    const box = await stage(page).boundingBox()
    if (box === null) throw new RangeError('no stage')
    const scale = (Math.min(box.width, box.height) - 24) / 256
    return (x, y) => ({
      x: box.x + box.width / 2 + (x - 128) * scale,
      y: box.y + box.height / 2 + (y - 128) * scale,
    })
  }

  async function drag(page: Page, ...points: [number, number][]): Promise<void> {
    const place = await placeOf(page)
    for (const [i, [x, y]] of points.entries()) {
      const to = place(x, y)
      await page.mouse.move(to.x, to.y, { steps: 3 })
      if (i === 0) await page.mouse.down()
    }
    await page.mouse.up()
  }

  async function show(page: Page, text: string): Promise<string> {
    await page.getByRole('textbox', { name: 'File name' }).fill(text)
    await page.keyboard.press('Enter')
    await page.locator(`.work[aria-label*="${text}"]`).waitFor()
    await saved(page)
    return fileAtHand(page)
  }

  it('stores a rectangle by itself: its shape, its type by the key, and the mask made of it', async () => {
    const page = await station.open('--workspace', workspace)
    await signIn(page, 'Mei Lin')
    await page.getByRole('navigation').getByRole('link', { name: 'Label' }).click()
    await page.locator('.work .canvas').waitFor()
    first = await show(page, 'test/good')
    expect(imageOf(first)).toMatchObject({ label: 'normal', mask: null })
    await page.keyboard.press('2')
    await page.keyboard.press('r')
    await drag(page, [40, 40], [80, 70])
    await saved(page)
    const type = 'chip'
    expect(imageOf(first)).toMatchObject({ label: 'anomalous', defectType: type })
    const [shape, ...others] = shapesOf(first)
    expect(others).toEqual([])
    expect(shape).toMatchObject({ kind: 'rectangle', defectType: type })
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
    expect(shapesOf(first).map(({ kind, defectType }) => [kind, defectType === null])).toEqual([
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
    expect(shapesOf(first)).toEqual([])
    expect(imageOf(first).mask).toBeNull()
    for (const _ of drawn) await page.keyboard.press('y')
    await saved(page)
    expect(shapesOf(first)).toEqual(drawn)
  })

  it('copies what was drawn to the next photograph, and undoes on the one before when it comes back', async () => {
    const { page } = station
    const drawn = shapesOf(first)
    await page.keyboard.press('ArrowRight')
    await page.locator(`.work:not([aria-label="${first}"])`).waitFor()
    await saved(page)
    const second = await fileAtHand(page)
    await page.keyboard.press('c')
    await saved(page)
    expect(shapesOf(second)).toEqual(drawn)
    await page.keyboard.press('ArrowLeft')
    await page.locator(`.work[aria-label="${first}"]`).waitFor()
    await page.getByRole('button', { name: 'Undo', exact: true, disabled: false }).waitFor()
    await page.keyboard.press('z')
    await saved(page)
    expect(shapesOf(first)).toEqual(drawn.slice(0, -1))
    await page.keyboard.press('y')
    await saved(page)
    expect(shapesOf(first)).toEqual(drawn)
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
    expect(shapesOf(first)).toHaveLength(before.length + 1)
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
    await page.keyboard.press('m')
    const level = page.getByRole('slider', { name: 'From this value on' })
    await level.focus()
    await page.keyboard.press('Home')
    await page.getByRole('button', { name: 'Use as mask' }).click()
    await saved(page)
    const proposed = shapesOf(file)
    expect(proposed.at(-1)?.kind).toBe('region')
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
    const corrected = await maskOf(file)
    expect(corrected.area).toBeLessThan(mask.area)
    expect(corrected.at(...wrong)).toBe(false)
    expect(shapesOf(file)).toHaveLength(proposed.length + 1)
  })

  async function exchange(page: Page, which: 'Export masks' | 'Import masks', format: string): Promise<void> {
    await page.getByRole('button', { name: which }).click()
    await page.getByRole('menuitem', { name: new RegExp(`^${format}`) }).click()
    await page.getByLabel('Path of the folder').fill(exported(format))
    await page.getByRole('button', { name: 'Go', exact: true }).click()
    await page.getByRole('button', { name: 'Use this folder' }).click()
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
    await page.keyboard.press('r')
    await drag(page, [200, 200], [240, 240])
    await saved(page)
    const without = imageOf(file).mask
    expect(without).not.toBe(mask)
    await exchange(page, 'Import masks', format)
    await page
      .getByText(/^Masks of \d+ images imported\.$/)
      .first()
      .waitFor()
    await saved(page)
    expect(imageOf(file).mask).toBe(mask)
    expect(existsSync(join(workspace, 'images', (mask ?? '').slice(0, 2), `${mask}.png`))).toBe(true)
  })
})
