/** What the command line writes into the account of who starts it. */
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { stateFile } from '../../../src/main/platform/preferences.ts'
import { openWorkspace } from '../../../src/main/store/workspace.ts'
import { temporaryFolder } from '../store/temporary-folder.ts'
import { fanoscope } from './fanoscope.ts'

const setRetention = async (environment: Record<string, string>): Promise<void> => {
  const workspace = join(temporaryFolder(), 'line')
  openWorkspace(workspace, { create: true }).close()
  const options = ['--good-days', '14', '--workspace', workspace]
  const { code, stderr } = await fanoscope(['retention', ...options], { environment })
  expect([code, stderr]).toEqual([0, ''])
}

it('keeps the key of the audit in the folder of the run of tests, and writes nothing into the home of the tester', async () => {
  const home = temporaryFolder()
  await setRetention({ HOME: home, USERPROFILE: home })
  expect(readdirSync(home)).toEqual([])
  const account = dirname(stateFile(process.env))
  expect(existsSync(join(account, 'audit-key'))).toBe(true)
})

it('keeps it in the home of the account where nothing else is said', async () => {
  const home = temporaryFolder()
  await setRetention({
    HOME: home,
    USERPROFILE: home,
    FANOSCOPE_STATE: '',
    XDG_CONFIG_HOME: join(home, 'xdg'),
    APPDATA: join(home, 'xdg'),
  })
  expect(
    readdirSync(home, { recursive: true })
      .map(String)
      .some((file) => file.endsWith('audit-key')),
  ).toBe(true)
})
