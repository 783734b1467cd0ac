/** A key is learned once: the list of keys that each screen shows gives no key two meanings. */

import type { Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import { createStation, describeInChromium, eventually, scoredLine } from './station.ts'

/** Each screen, and words of its own in the list of keys; null for those that have no keys of their own. */
const screens = [
  ['datasets', 'Next'],
  ['label', 'Good part, next'],
  ['train', null],
  ['review', 'Accept'],
  ['thresholds', null],
  ['curation', null],
  ['live', 'Seen, go on'],
  ['runs', null],
  ['settings', null],
] as const

describeInChromium('the keys of all screens', () => {
  const station = createStation()
  let run = ''
  beforeAll(async () => {
    run = await scoredLine(station)
  })

  /** Each key with what the list says that it does. */
  async function keysOf(page: Page, words: string | null): Promise<[key: string, meaning: string][]> {
    const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
    if (words !== null) {
      // The keys of a screen come with what it shows.
      await eventually(async () => {
        await page.keyboard.press('?')
        await dialog.waitFor()
        const found = await dialog.locator('dt').allTextContents()
        if (!found.includes(words)) {
          await page.keyboard.press('Escape')
          await dialog.waitFor({ state: 'hidden' })
        }
        return found
      }).toContain(words)
    } else {
      await page.keyboard.press('?')
      await dialog.waitFor()
    }
    // Read at one moment: the list follows what the screen behind it offers.
    const keys = await page.evaluate<[string, string][]>(`
      [...document.querySelectorAll('[role=dialog] dl > div')].flatMap((row) =>
        [...row.querySelectorAll('.keys')].map((cap) => [
          [...cap.querySelectorAll('kbd')].map((key) => key.textContent).join('+'),
          row.querySelector('dt')?.textContent ?? '',
        ]))`)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    return keys
  }

  it('have one meaning each', async () => {
    const page = await station.open('--workspace', station.workspace)
    const meanings = new Map<string, Set<string>>()
    for (const [screen, words] of screens) {
      await page.evaluate(`location.hash = '#/${screen === 'review' ? `review/${run}` : screen}'`)
      await page.locator('h1').waitFor()
      for (const [key, meaning] of await keysOf(page, words)) {
        meanings.set(key, (meanings.get(key) ?? new Set()).add(meaning))
      }
    }
    expect(meanings.size).toBeGreaterThan(40)
    const twice = [...meanings].filter(([, said]) => said.size > 1).map(([key, said]) => [key, ...said])
    expect(twice).toEqual([])
  })
})
