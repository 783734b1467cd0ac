/** The screen Label as a person works at it: draws on the photograph at hand, and looks at what is stored of it. */
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { expect } from 'vitest'
import { z } from 'zod'
import { type Shape, shapesSchema } from '../../src/shared/label.ts'
import { boxOf, type Station, stored } from './station.ts'

const imageSchema = z.object({
  label: z.string(),
  defectType: z.string().nullable(),
  mask: z.string().nullable(),
})
const drawnSchema = z.object({ shapes: z.string(), operator: z.string().nullable() })

/** Of the sample line: both sides of its photographs. */
const side = 256

/** @param person the only operator who draws here */
export function labelDesk({ workspace }: Station, person: string) {
  /** Where a pixel of the photograph, which is shown as a whole, is on screen. */
  async function placeOf(page: Page): Promise<(x: number, y: number) => { x: number; y: number }> {
    const box = await boxOf(page.locator('.work .canvas'))
    const scale = (Math.min(box.width, box.height) - 24) / side
    return (x, y) => ({
      x: box.x + box.width / 2 + (x - side / 2) * scale,
      y: box.y + box.height / 2 + (y - side / 2) * scale,
    })
  }

  /** Everything that was drawn is stored. */
  const saved = (page: Page): Promise<void> => page.locator('.state.saved').waitFor()

  /** The photograph at hand; its list row is the current one. */
  const fileAtHand = async (page: Page): Promise<string> =>
    z.string().parse(await page.locator('.work').getAttribute('aria-label'))

  function imageOf(file: string): z.infer<typeof imageSchema> {
    const [found] = stored(
      workspace,
      imageSchema,
      `SELECT label, defect_type AS defectType, mask_sha256 AS mask FROM image WHERE file = '${file}'`,
    )
    if (found === undefined) throw new RangeError(`no image ${file}`)
    return found
  }

  return {
    placeOf,
    saved,
    fileAtHand,
    imageOf,

    shapesOf(file: string): Shape[] {
      const [found] = stored(
        workspace,
        drawnSchema,
        `SELECT shapes, operator.name AS operator FROM annotation JOIN image ON image.id = image_id
         LEFT JOIN operator ON operator.id = operator_id WHERE file = '${file}'`,
      )
      if (found === undefined) return []
      // What came from a file was drawn by nobody here.
      if (found.operator !== null) expect(found.operator).toBe(person)
      return shapesSchema.parse(JSON.parse(found.shapes))
    },

    /** The mask's picture on disk: whether a pixel is defect, and how many are. */
    async maskOf(file: string): Promise<{ at(x: number, y: number): boolean; area: number }> {
      const { mask } = imageOf(file)
      if (mask === null) return { at: () => false, area: 0 }
      const path = join(workspace, 'images', mask.slice(0, 2), `${mask}.png`)
      const { data, info } = await sharp(path).extractChannel(0).raw().toBuffer({ resolveWithObject: true })
      return {
        at: (x, y) => data[y * info.width + x] !== 0,
        area: data.filter((value) => value !== 0).length,
      }
    },

    async drag(page: Page, ...points: [number, number][]): Promise<void> {
      const place = await placeOf(page)
      for (const [i, [x, y]] of points.entries()) {
        const to = place(x, y)
        await page.mouse.move(to.x, to.y, { steps: 3 })
        if (i === 0) await page.mouse.down()
      }
      await page.mouse.up()
    },

    async click(page: Page, ...points: [number, number][]): Promise<void> {
      const place = await placeOf(page)
      for (const [x, y] of points) {
        const at = place(x, y)
        await page.mouse.click(at.x, at.y)
      }
    },

    /** Goes to the screen. */
    async enter(page: Page): Promise<void> {
      await page.getByRole('navigation').getByRole('link', { name: 'Label' }).click()
      await page.locator('.work .canvas').waitFor()
    },

    /** Shows the first photograph whose name has this text. */
    async show(page: Page, text: string): Promise<string> {
      await page.getByRole('textbox', { name: 'File name' }).fill(text)
      await page.keyboard.press('Enter')
      await page.locator(`.work[aria-label*="${text}"]`).waitFor()
      await saved(page)
      return fileAtHand(page)
    },
  }
}
