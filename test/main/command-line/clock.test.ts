/** A clock that jumps, and who is asked for a PIN, through the real command line. */
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { pinHash } from '../../../src/main/features/operators/pin.ts'
import { listAudit } from '../../../src/main/store/audit.ts'
import { backUpDatabase } from '../../../src/main/store/database-backups.ts'
import { createDataset } from '../../../src/main/store/datasets.ts'
import { findOrMakeOperator, secureOperator } from '../../../src/main/store/operators.ts'
import { removeDataset } from '../../../src/main/store/removed.ts'
import { openWorkspace } from '../../../src/main/store/workspace.ts'
import { temporaryFolder } from '../store/temporary-folder.ts'
import { fanoscope } from './fanoscope.ts'

const day = 86_400_000
const name = 'Li Na'

it('says at each command that the clock went back, until somebody says that it is right', async () => {
  const workspace = join(temporaryFolder(), 'line')
  const made = openWorkspace(workspace, { create: true, now: () => Date.now() + 2 * day })
  findOrMakeOperator(made.db, name)
  made.close()
  const run = (...line: string[]) => fanoscope([...line, '--workspace', workspace, '--json'])

  const first = await run('runs')
  expect(first.code).toBe(0)
  expect(first.stderr).toMatch(/went back .*clock --is-right/)
  expect((await run('clock')).document()).toMatchObject({ jumped: { stored: expect.any(String) } })
  const answered = await run('clock', '--is-right', '--operator', name)
  expect(answered.document()).toMatchObject({ jumped: null })
  expect((await run('runs')).stderr).toBe('')

  const after = openWorkspace(workspace)
  const rows = listAudit(after.db, { action: 'clock' }).map(({ action, operator }) => [action, operator])
  after.close()
  expect(rows).toEqual([
    ['clock.confirmed', name],
    ['clock.jumped', null],
  ])
})

it('asks for the PIN of who restores a backup, and of nobody who only looks', async () => {
  const workspace = join(temporaryFolder(), 'line')
  const made = openWorkspace(workspace, { create: true })
  const { id } = findOrMakeOperator(made.db, name)
  secureOperator(made.db, { id, pinHash: await pinHash('471108') })
  const dataset = createDataset(made.db, { name: 'parts', layout: 'flat', source: '/photographs' })
  removeDataset(made.db, dataset, name)
  const backup = backUpDatabase(made.db, made.paths.backups, 'asked')
  made.close()
  const run = (line: string[], input?: string) =>
    fanoscope(
      [...line, '--workspace', workspace, '--operator', name, '--json'],
      input === undefined ? {} : { input },
    )

  for (const line of [
    ['removed'],
    ['operators'],
    ['retention'],
    ['clock'],
    ['restore'],
    ['restore', backup],
  ]) {
    expect([line, (await run(line)).code]).toEqual([line, 0])
  }
  expect((await run(['removed', '--read-only'])).document()).toMatchObject([{ name: 'parts' }])
  const both = await run(['removed', '--put-back', dataset.id, '--read-only'])
  expect([both.code, both.document()]).toMatchObject([2, { error: { code: 'wrong-use' } }])

  expect((await run(['restore', backup, '--yes'])).document()).toMatchObject({
    error: { code: 'pin-needed' },
  })
  expect((await run(['restore', backup, '--yes', '--pin-stdin'], '000000\n')).document()).toMatchObject({
    error: { code: 'pin-wrong' },
  })
  expect((await run(['restore', backup, '--yes', '--pin-stdin'], '471108\n')).document()).toMatchObject({
    restored: true,
  })
})
