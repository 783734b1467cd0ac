/** A training learns from the curated version of its dataset, which the form proposes and explains. */

import { beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { createVersion } from '../../src/main/store/dataset-versions.ts'
import { findDataset } from '../../src/main/store/datasets.ts'
import { listImages } from '../../src/main/store/images.ts'
import { findOrMakeOperator } from '../../src/main/store/operators.ts'
import { openWorkspace } from '../../src/main/store/workspace.ts'
import {
  createStation,
  describeInChromium,
  eventually,
  patience,
  signIn,
  stockLine,
  stored,
} from './station.ts'

describeInChromium('a training of a curated dataset', () => {
  const station = createStation()
  let images = 0

  beforeAll(async () => {
    await stockLine(station)
    const workspace = openWorkspace(station.workspace)
    const { db } = workspace
    const { id: datasetId } = findDataset(db, 'sample')
    const train = listImages(db, { datasetId, split: 'train', label: 'normal' })
    const made = { datasetId, parentId: null }
    const first = createVersion(db, { ...made, operatorId: null, reason: 'as imported', images: train })
    images = train.length - 1
    createVersion(db, {
      ...made,
      parentId: first.id,
      operatorId: findOrMakeOperator(db, 'Mei Lin').id,
      reason: 'one part was scratched',
      images: train.slice(1),
    })
    workspace.close()
    await signIn(await station.open('--workspace', station.workspace), 'Mei Lin')
  }, 4 * patience)

  it('proposes the newest version, and says what it is', async () => {
    const { page } = station
    await page.getByRole('navigation').getByRole('link', { name: 'Train' }).click()
    const field = page.locator('.form-field').filter({ hasText: 'Images to learn from' })
    await eventually(() => field.textContent()).toContain(`Version 2, ${images} images (newest)`)
    expect(await field.textContent()).toMatch(/Curated by Mei Lin on .*: one part was scratched/)
    const learned = page.locator('.facts > div').filter({ hasText: 'Good parts to learn from' }).locator('dd')
    await eventually(() => learned.textContent()).toBe(String(images))
  })

  it('learns from the training split where a person chooses that', async () => {
    const { page } = station
    const choose = async (name: string): Promise<void> => {
      await page.getByRole('combobox', { name: 'Images to learn from' }).focus()
      await page.keyboard.press('Enter')
      await page.getByRole('option', { name }).click()
    }
    const learned = page.locator('.facts > div').filter({ hasText: 'Good parts to learn from' }).locator('dd')
    await choose('All good parts of the training split')
    await eventually(() => learned.textContent()).toBe(String(images + 1))
    await choose('Version 2')
    await eventually(() => learned.textContent()).toBe(String(images))
  })

  it('learns from the version', async () => {
    const { page } = station
    await page.getByText('Under 20 seconds').click()
    await page.getByRole('button', { name: 'Start the training' }).click()
    await page.getByRole('link', { name: 'Back' }).or(page.getByText('Losses')).first().waitFor()
    const row = z.object({ number: z.int() })
    const sql = `SELECT version.number FROM retraining
      JOIN dataset_version AS version ON version.id = retraining.version_id`
    await eventually(() => stored(station.workspace, row, sql)).toEqual([{ number: 2 }])
  })
})
