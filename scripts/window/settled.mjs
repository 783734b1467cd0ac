/** When a page of the application can be looked at. */

/**
 * A page whose application shows everything that it will show: fonts and pictures are there, nothing is asked
 * for any more, and it has been painted.
 * @param {import('playwright-core').Page} page
 */
export async function settled(page) {
  await page.waitForLoadState('networkidle')
  await page.locator('.el-skeleton, .el-loading-mask').first().waitFor({ state: 'detached' })
  await page.evaluate(`(async () => {
    await document.fonts.ready
    await Promise.all([...document.images].map((image) => image.decode().catch(() => undefined)))
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
    await Promise.all(document.getAnimations().filter((a) => a.effect?.getTiming().iterations !== Infinity)
      .map((animation) => animation.finished.catch(() => undefined)))
  })()`)
}
