/** A clock that went back, in a real window. */
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { listAudit } from '../../src/main/store/audit.ts'
import { findOrMakeOperator } from '../../src/main/store/operators.ts'
import { openWorkspace } from '../../src/main/store/workspace.ts'
import { createStation, describeInChromium, signIn } from './station.ts'

describeInChromium('a clock that went back', () => {
  const station = createStation()
  const dir = join(station.folder, 'line')

  it('is said in the window until an operator says that it is right', async () => {
    const made = openWorkspace(dir, { create: true, now: () => Date.now() + 2 * 86_400_000 })
    findOrMakeOperator(made.db, 'Li Na')
    made.close()
    const page = await station.open('--workspace', dir)
    await page.getByText('The clock of this computer went back').waitFor()
    await page.reload()
    await page.getByText('The clock of this computer went back').waitFor()
    await signIn(page, 'Li Na')
    await page.getByRole('button', { name: 'The clock is right' }).click()
    await page.getByText('The clock of this computer went back').waitFor({ state: 'detached' })
    await station.close()
    const after = openWorkspace(dir)
    const [confirmed] = listAudit(after.db, { action: 'clock' })
    after.close()
    expect([confirmed?.action, confirmed?.operator]).toEqual(['clock.confirmed', 'Li Na'])
  })
})
