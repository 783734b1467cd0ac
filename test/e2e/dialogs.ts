/** Looks at what lies over a page: whether it keeps anybody out, has the focus, and leads back where it came from. */
import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { barriers } from './barriers.ts'
import { eventually } from './station.ts'

export const dialog = (page: Page, name: string | RegExp): Locator => page.getByRole('dialog', { name })

/** Everything that lies over the page. In the other theme, only its colors are others. */
export async function keepsNobodyOut(page: Page): Promise<void> {
  const within = '.el-overlay:not([style*="display: none"]), .el-popper[aria-hidden="false"]'
  expect(await barriers(page, { within })).toEqual([])
  await page.emulateMedia({ colorScheme: 'light' })
  expect(await barriers(page, { within, rules: ['color-contrast'] })).toEqual([])
  await page.emulateMedia({ colorScheme: 'dark' })
}

export const hasFocus = (box: Locator): Promise<boolean> =>
  box.evaluate((element) => element.contains(document.activeElement))

/** Opens it by a control that has the focus, looks at it, and closes it by Escape, which leads back to the control. */
export async function lookAt(
  page: Page,
  opener: Locator,
  name: string | RegExp,
  act?: () => Promise<void>,
): Promise<void> {
  await opener.focus()
  await page.keyboard.press('Enter')
  const box = dialog(page, name)
  await box.waitFor()
  await eventually(() => hasFocus(box)).toBe(true)
  await act?.()
  await keepsNobodyOut(page)
  await page.keyboard.press('Escape')
  await box.waitFor({ state: 'hidden' })
  await eventually(() => opener.evaluate((element) => element === document.activeElement)).toBe(true)
}
