import { join } from 'node:path'
import sharp from 'sharp'
import { expect, it } from 'vitest'
import { importFolder } from '../../../../src/main/features/import/import-folder.ts'
import { openWorkspace } from '../../../../src/main/store/workspace.ts'
import { fanoscope } from '../../command-line/fanoscope.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { writeFolder } from '../import/photographs.ts'

it('is shown, set and found again by a command; old photographs are measured for it', async () => {
  const dir = join(temporaryFolder(), 'workspace')
  const samples = new Uint16Array(32 * 32).fill(800)
  samples[40] = 4095
  const hot = await sharp(samples, { raw: { width: 32, height: 32, channels: 1 } })
    .toColourspace('grey16')
    .png()
    .toBuffer()
  const workspace = openWorkspace(dir, { create: true })
  const folder = await writeFolder(temporaryFolder(), { 'good/hot.png': hot })
  await importFolder(workspace, { folder, dataset: 'parts' })
  // As an earlier version left it.
  workspace.db.run('UPDATE image SET robust_peak = NULL, zero_bits = NULL, mean = NULL, sharpness = NULL')
  workspace.close()
  const white = async (...options: string[]) =>
    fanoscope(['white', '--dataset', 'parts', ...options, '--workspace', dir, '--json'])
  expect((await white()).document()).toEqual({ dataset: 'parts', set: null, seen: 1023 })
  expect((await white('--set', '4095')).document()).toEqual({ dataset: 'parts', set: 4095, seen: 1023 })
  expect((await white('--found')).document()).toEqual({ dataset: 'parts', set: null, seen: 1023 })
  expect((await white('--set', '70000')).code).toBe(2)
  expect((await white('--set', '1023', '--found')).code).toBe(2)
})
