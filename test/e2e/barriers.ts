/** What axe finds on a page that keeps somebody from the work. */
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { settled } from '../../scripts/window/settled.mjs'

/**
 * Each serious or critical finding, with the element that it is about, once the page shows all that it will.
 * @param within a part of the page; all of it without
 * @param rules the only ones to look for; all without
 */
export async function barriers(
  page: Page,
  { within, rules }: { within?: string; rules?: string[] } = {},
): Promise<string[]> {
  await settled(page)
  const axe = new AxeBuilder({ page })
  if (within !== undefined) axe.include(within)
  if (rules !== undefined) axe.withRules(rules)
  const { violations } = await axe.analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target} ${failureSummary}`),
    )
}
