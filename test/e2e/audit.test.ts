/** What the check of the audit finds is said on screen, with what to do. */
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { beforeAll, expect, it } from 'vitest'
import { createDataset } from '../../src/main/store/datasets.ts'
import { findOrMakeOperator } from '../../src/main/store/operators.ts'
import { changeSetting } from '../../src/main/store/settings.ts'
import { openWorkspace } from '../../src/main/store/workspace.ts'
import { createStation, describeInChromium, goTo } from './station.ts'

describeInChromium('the check of the audit', () => {
  const station = createStation()
  const { workspace } = station

  beforeAll(() => {
    const { db, close } = openWorkspace(workspace, { create: true })
    createDataset(db, { name: 'parts', layout: 'flat', source: '/photos' })
    findOrMakeOperator(db, 'Li Na')
    changeSetting(db, 'live.retention', { goodDays: 30, flaggedDays: 90, gigabytes: null }, 'Li Na')
    close()
  })

  it('says that what is stored is as the audit tells', async () => {
    const page = await station.open('--workspace', workspace)
    await goTo(page, 'thresholds')
    await page.getByRole('tab', { name: 'Audit' }).click()
    await page.getByRole('button', { name: 'Check the chain' }).click()
    await page
      .getByRole('status')
      .filter({ hasText: /rows of other tables are as the audit tells\./ })
      .waitFor()
    await station.close()
  })

  it('names what somebody changed beside it, and what to do', async () => {
    const db = new Sqlite(join(workspace, 'fanoscope.db'))
    db.exec("UPDATE operator SET name = 'Somebody'")
    db.close()
    const page = await station.open('--workspace', workspace)
    await goTo(page, 'thresholds')
    await page.getByRole('tab', { name: 'Audit' }).click()
    await page.getByRole('button', { name: 'Check the chain' }).click()
    const found = page
      .getByRole('status')
      .filter({ hasText: 'differs from what the audit tells, in 1 place:' })
    await found.waitFor()
    expect(await found.getByRole('listitem').allTextContents()).toEqual([
      expect.stringMatching(
        /^Operator 1: "name" is Somebody in the database, and row \d+ of the audit says Li Na\.$/,
      ),
    ])
    await found.getByText('Keep a copy of the workspace as evidence').waitFor()
  })
})
