/** A workspace that is only looked at, in a real window. */
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createDataset, listDatasets } from '../../src/main/store/datasets.ts'
import { openWorkspace } from '../../src/main/store/workspace.ts'
import { createStation, describeInChromium } from './station.ts'

describeInChromium('a workspace that is opened read-only', () => {
  const station = createStation()
  const dir = join(station.folder, 'kept')

  it('says so in the status bar, shows what is in it and refuses a change with the way out', async () => {
    const made = openWorkspace(dir, { create: true })
    const { id } = createDataset(made.db, { name: 'parts', layout: 'flat', source: '/photographs' })
    made.close()
    const page = await station.open('--workspace', dir, '--read-only')
    await page.getByRole('contentinfo').getByText('Read-only').waitFor()
    const rename = JSON.stringify({ dataset: id, name: 'other' })
    const refused: unknown = await page.evaluate(
      `window.fanoscope.call('dataset.rename', ${rename}).catch((error) => error)`,
    )
    expect(JSON.stringify(refused)).toContain('workspace-read-only')
    const importing = page.getByRole('button', { name: 'Import' }).first()
    await importing.waitFor()
    expect(await importing.getAttribute('aria-disabled')).toBe('true')
    expect(await importing.getAttribute('title')).toMatch(/cannot be|can be changed/)
    await importing.click({ force: true })
    expect(await page.getByRole('dialog').count()).toBe(0)
    await station.close()
    const after = openWorkspace(dir)
    expect(listDatasets(after.db).map(({ name }) => name)).toEqual(['parts'])
    after.close()
  })
})
