/**
 * Updates an installation as a process of its own, which a test kills: PROGRAM STICK WORKSPACE. Prints a line at each
 * step of the way, and waits until the test has read it.
 */
import { readSync, writeSync } from 'node:fs'
import { changeVersion } from '../../../../src/main/features/update/change-version.ts'
import { lookAt } from '../../../../src/main/features/update/offer.ts'
import { prepareUpdate } from '../../../../src/main/features/update/prepare-update.ts'
import { installationOf } from '../../../../src/main/platform/installation.ts'
import { openWorkspace } from '../../../../src/main/store/workspace.ts'

const [program, stick = '', dir = ''] = process.argv.slice(2)
const installation = installationOf(program)
if (installation === null) throw new Error(`${program} is no bundle.`)
const byte = Buffer.alloc(1)
const step = (name: string): void => {
  writeSync(1, `${name}\n`)
  readSync(0, byte)
}
const workspace = openWorkspace(dir)
const checked = await lookAt(stick, installation)
step('looked')
const change = await prepareUpdate(installation, checked, {
  present: () => workspace,
  operator: null,
  whileWatching: false,
  signal: new AbortController().signal,
  onProgress: ({ done }) => step(`installing ${done}`),
})
step('installed')
workspace.close()
step('closed')
const failure = await changeVersion(installation, change)
step(failure === null ? 'changed' : failure.code)
