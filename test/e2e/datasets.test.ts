/** A dataset from the folder to the frozen validation set, by what the window says and by what SQLite holds. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { numbered, photograph, writeFolder } from '../main/features/import/photographs.ts'
import { createStation, describeInChromium } from './station.ts'

const imageRow = z.object({
  file: z.string(),
  split: z.string(),
  label: z.string(),
  type: z.string().nullable(),
  removed: z.int(),
})

describeInChromium('a dataset', () => {
  const station = createStation()

  function read<T>(schema: z.ZodType<T>, sql: string): T[] {
    const db = new Sqlite(join(station.workspace, 'fanoscope.db'), { readonly: true })
    try {
      return z.array(schema).parse(db.prepare(sql).all())
    } finally {
      db.close()
    }
  }

  const images = (name: string) =>
    read(
      imageRow,
      `SELECT image.file, image.split, image.label, image.defect_type AS type, image.removed_at IS NOT NULL AS removed
       FROM image JOIN dataset ON dataset.id = image.dataset_id WHERE dataset.name = '${name}' ORDER BY image.file`,
    )
  const datasets = () =>
    read(z.object({ name: z.string() }), 'SELECT name FROM dataset').map(({ name }) => name)
  const grid = (page: Page) => page.getByRole('list', { name: 'Images' })

  /** Takes an answer of a select that is on screen. */
  async function choose(page: Page, select: string, answer: string): Promise<void> {
    await page.getByRole('combobox', { name: select, exact: true }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('option', { name: answer, exact: true }).click()
  }

  async function select(page: Page, ...files: string[]): Promise<void> {
    for (const file of files)
      await page.getByRole('checkbox', { name: `Select ${file}`, exact: true }).click()
    await page.getByText(`${files.length} image${files.length === 1 ? '' : 's'} selected`).waitFor()
  }

  it('shows what each folder would become, and takes what is corrected; nothing is written before', async () => {
    const twin = await sharp(await photograph(3, 64, 64))
      .png({ compressionLevel: 9 })
      .toBuffer()
    const good = await Promise.all(Array.from({ length: 12 }, (_, i) => photograph(i, 64, 64)))
    const folder = await writeFolder(join(station.folder, 'line 4'), {
      ...Object.fromEntries(good.map((content, i) => [`good/${i}.png`, content])),
      ...numbered('monday', 3, 100),
      'monday/twin of 3.png': twin,
      ...numbered('old', 2, 200),
    })
    const page = await station.open('--workspace', station.workspace)
    await page.locator('.screen-header').getByRole('button', { name: 'Import photographs' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Choose a folder' }).click()
    await page.getByLabel('Path of the folder').fill(folder)
    await page.getByRole('button', { name: 'Use this folder' }).click()
    await page.getByRole('button', { name: 'Import 18 files' }).waitFor()
    await choose(page, 'Split of good', 'Train')
    await choose(page, 'Label of monday', 'Anomalous')
    await page.getByRole('textbox', { name: 'Defect type of monday' }).fill('dent')
    await choose(page, 'Split of monday', 'Test')
    await page
      .locator('.el-checkbox')
      .filter({ has: page.getByRole('checkbox', { name: 'Import old' }) })
      .click()
    await page.getByRole('button', { name: 'Import 16 files' }).waitFor()
    expect(datasets()).toEqual([])
    await page.getByRole('button', { name: 'Import 16 files' }).click()
    await page.getByText('16 images imported into line 4').waitFor()
    const rows = images('line 4')
    expect(rows.filter(({ file }) => file.startsWith('monday/'))).toEqual(
      ['0.png', '1.png', '2.png', 'twin of 3.png'].map((name) => ({
        file: `monday/${name}`,
        split: 'test',
        label: 'anomalous',
        type: 'dent',
        removed: 0,
      })),
    )
    expect(rows.filter(({ file }) => file.startsWith('old/'))).toEqual([])
  })

  it('saves the report of the import as a file', async () => {
    const { page } = station
    await page.getByRole('button', { name: 'Save the report' }).click()
    await page.getByLabel('Path of the folder').fill(station.folder)
    await page.getByRole('button', { name: 'Use this folder' }).click()
    await page.getByText(/^The report is saved/).waitFor()
    const [file = ''] = readdirSync(station.folder).filter((name) => name.endsWith('.csv'))
    expect(readFileSync(join(station.folder, file), 'utf8')).toContain('file,outcome,code,detail')
    await page.getByRole('button', { name: 'Show the images' }).click()
    await page.getByText('16 images shown').waitFor()
  })

  it('is filtered by split, label and file name', async () => {
    const { page } = station
    await choose(page, 'Label', 'Anomalous')
    await page.getByText('4 images shown').waitFor()
    await page.getByRole('textbox', { name: 'File name' }).fill('twin')
    await page.getByText('1 image shown').waitFor()
    await page.getByRole('button', { name: 'Clear the filters' }).click()
    await choose(page, 'Split', 'Test')
    const inTest = images('line 4').filter(({ split }) => split === 'test').length
    await page.getByText(`${inTest} images shown`).waitFor()
    await page.getByRole('button', { name: 'Clear the filters' }).click()
    await page.getByText('16 images shown').waitFor()
  })

  it('has the filters again after a reload, here and where it is labeled', async () => {
    const { page } = station
    const rail = page.getByRole('navigation')
    await choose(page, 'Label', 'Anomalous')
    await page.getByText('4 images shown').waitFor()
    await page.reload()
    await page.getByText('4 images shown').waitFor()
    await page.getByRole('button', { name: 'Clear the filters' }).click()
    await page.getByText('16 images shown').waitFor()
    await rail.getByRole('link', { name: 'Label' }).click()
    await page.getByRole('complementary', { name: 'Photographs' }).waitFor()
    await choose(page, 'Split', 'Test')
    await page.reload()
    await page.locator('.el-select').filter({ hasText: 'Test' }).waitFor()
    await rail.getByRole('link', { name: 'Datasets' }).click()
    await page.getByText('16 images shown').waitFor()
  })

  it('has several images labeled, moved, removed and restored at once', async () => {
    const { page } = station
    const chosen = ['good/0.png', 'good/1.png']
    const those = () =>
      images('line 4')
        .filter(({ file }) => chosen.includes(file))
        .map(({ split, label, type, removed }) => [split, label, type, removed])
    await select(page, ...chosen)
    await page.getByRole('button', { name: 'Label', exact: true }).click()
    await page.getByRole('menuitem', { name: 'dent' }).click()
    await page.getByText('2 images labeled.').waitFor()
    expect(those().map(([, label, type]) => [label, type])).toEqual(Array(2).fill(['anomalous', 'dent']))
    await select(page, ...chosen)
    await page.getByRole('button', { name: 'Move to' }).click()
    await page.getByRole('menuitem', { name: 'Validation' }).click()
    await page.getByText('2 images moved.').waitFor()
    expect(those()).toEqual(Array(2).fill(['validation', 'anomalous', 'dent', 0]))
    await select(page, ...chosen)
    await page.getByRole('button', { name: 'Remove', exact: true }).click()
    await page.getByText('14 images shown').waitFor()
    expect(those().map((row) => row[3])).toEqual([1, 1])
    await page.getByRole('button', { name: 'More filters' }).click()
    await page.locator('.switch .el-switch').click()
    await page.keyboard.press('Escape')
    await page.getByText('2 images shown').waitFor()
    await select(page, ...chosen)
    await page
      .getByRole('toolbar', { name: 'Selected images' })
      .getByRole('button', { name: 'Restore' })
      .click()
    await page.getByText('0 images shown').waitFor()
    await page.getByRole('button', { name: 'Clear the filters' }).click()
    await page.getByText('16 images shown').waitFor()
    expect(those()).toEqual(Array(2).fill(['validation', 'anomalous', 'dent', 0]))
  })

  it('is worked on by keyboard: arrows lead through the grid, X selects', async () => {
    const { page } = station
    await grid(page).locator('[data-index="0"]').focus()
    await page.keyboard.press('x')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('x')
    await page.getByText('2 images selected').waitFor()
    await page.getByRole('button', { name: 'Select nothing' }).click()
  })

  it('says where the same picture is in two splits, and which of them to take out', async () => {
    const { page } = station
    await page.getByRole('button', { name: 'More for this dataset' }).click()
    await page.getByRole('menuitem', { name: /duplicate/i }).click()
    const dialog = page.getByRole('dialog')
    await dialog
      .getByRole('button', { name: /search/i })
      .first()
      .click()
    const pair = dialog.getByRole('listitem').filter({ hasText: 'twin of 3.png' })
    await pair.getByText('good/3.png').waitFor()
    await pair
      .locator('.one')
      .filter({ hasText: 'twin of 3.png' })
      .getByRole('button', { name: 'Remove' })
      .click()
    await pair.getByText('Removed').waitFor()
    expect(images('line 4').filter(({ removed }) => removed === 1)).toMatchObject([
      { file: 'monday/twin of 3.png' },
    ])
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
  })

  it('refuses every change of its validation set once that is frozen, and says so', async () => {
    const { page } = station
    await page.getByRole('button', { name: 'Freeze validation' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Freeze validation' }).click()
    await page.getByRole('button', { name: 'Validation frozen' }).waitFor()
    const before = images('line 4')
    await select(page, 'good/0.png')
    await page.getByRole('button', { name: 'Remove', exact: true }).click()
    await page
      .locator('.notice.bad')
      .filter({ hasText: /frozen/i })
      .waitFor()
    expect(images('line 4')).toEqual(before)
    const frozen = read(
      z.object({ at: z.int().nullable() }),
      "SELECT validation_frozen_at AS at FROM dataset WHERE name = 'line 4'",
    )
    expect(frozen.map(({ at }) => at !== null)).toEqual([true])
  })

  it('comes from a folder that is dropped onto the window', async () => {
    const { page } = station
    await page.reload()
    await page.getByRole('heading', { name: 'line 4', level: 2 }).waitFor()
    const folder = await writeFolder(join(station.folder, 'dropped line'), {
      ...numbered('good', 5, 300),
      ...numbered('ng/scratch #1', 2, 400),
    })
    await drop(page, folder)
    await page.getByText('Dropped: dropped line').waitFor()
    await page.getByRole('button', { name: 'Import 7 files' }).click()
    await page.getByText('7 images imported into dropped line').waitFor()
    expect(images('dropped line').map(({ file, type }) => [file, type])).toEqual([
      ...[0, 1, 2, 3, 4].map((i) => [`good/${i}.png`, null]),
      ...[0, 1].map((i) => [`ng/scratch #1/${i}.png`, 'scratch #1']),
    ])
    await page.getByRole('button', { name: 'Show the images' }).click()
    await page.getByText('7 images shown').waitFor()
    expect(readdirSync(join(station.workspace, 'cache', 'dropped'))).toEqual([])
  })

  it('is not made by a folder of which nothing can be read', async () => {
    const { page } = station
    await drop(
      page,
      await writeFolder(join(station.folder, 'notes'), { 'a.txt': 'no picture', 'b.png': 'neither' }),
    )
    // The text is left out before the import, the other file by it.
    await page.getByRole('tab', { name: 'Left out (1)' }).waitFor()
    await page.getByRole('button', { name: 'Import 1 file', exact: true }).click()
    await page.getByText('No image was imported into notes').waitFor()
    expect(datasets().sort()).toEqual(['dropped line', 'line 4'])
    await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).last().click()
  })

  it('shows the white of a 12-bit camera, and takes another one', async () => {
    const { page } = station
    const wide = (seed: number) =>
      sharp(
        Uint16Array.from({ length: 32 * 32 }, (_, i) => 100 + ((i * 7919 + seed * 31) % 800)),
        { raw: { width: 32, height: 32, channels: 1 } },
      )
        .toColourspace('grey16')
        .png()
        .toBuffer()
    const folder = await writeFolder(join(station.folder, 'wide line'), {
      'good/0.png': await wide(0),
      'good/1.png': await wide(1),
    })
    await drop(page, folder)
    await page.getByText('Dropped: wide line').waitFor()
    await page.getByRole('button', { name: 'Import 2 files' }).click()
    await page.getByText('2 images imported into wide line').waitFor()
    await page.getByRole('button', { name: 'Show the images' }).click()
    await page.getByRole('button', { name: '1,023 (found)' }).click()
    const field = page.getByRole('dialog', { name: 'White' }).getByRole('textbox')
    await field.fill('70000')
    await page.getByRole('dialog', { name: 'White' }).getByText('A whole number from 1 to 65535.').waitFor()
    await field.fill('4095')
    await page.getByRole('dialog', { name: 'White' }).getByRole('button', { name: 'Set' }).click()
    await page.getByRole('button', { name: '4,095 (set)' }).waitFor()
    expect(read(z.object({ white: z.int() }), 'SELECT white FROM white_level')).toEqual([{ white: 4095 }])
  })

  /** As a file manager does. */
  async function drop(page: Page, folder: string): Promise<void> {
    const session = await page.context().newCDPSession(page)
    const data = { items: [], files: [folder], dragOperationsMask: 1 }
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await session.send('Input.dispatchDragEvent', { type, x: 640, y: 400, data })
    }
    await session.detach()
  }
})
