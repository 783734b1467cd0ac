/** Frames of a page: how long each was on screen. */
import type { Page } from 'playwright-core'
import { z } from 'zod'

/** Milliseconds from each frame to the next, while `act` goes on. */
export async function framesDuring(page: Page, act: () => Promise<void>): Promise<number[]> {
  await page.evaluate(`(() => {
    const frames = []
    let before = null
    let goesOn = true
    const look = (now) => {
      if (before !== null) frames.push(now - before)
      before = now
      if (goesOn) requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
    window.framesSeen = () => {
      goesOn = false
      return frames
    }
  })()`)
  await act()
  return z.array(z.number()).parse(await page.evaluate('window.framesSeen()'))
}
