/** The command line `fanoscope`: every command uses the features of main without a window. */
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import './platform/wasm-wrappers.ts'
import { failureDocument, failureOf } from '../shared/failure.ts'
import { processIo } from './command-line/process-io.ts'
import { useAuditKey } from './platform/audit-key.ts'
import { installationOf } from './platform/installation.ts'
import { stateFile } from './platform/preferences.ts'
import { createProgram } from './shell/program.ts'

useAuditKey(dirname(stateFile(process.env)))

await endedUpdate()
process.exitCode = await createProgram(processIo(process)).run(process.argv.slice(2))

/** What an update that was ended from outside left behind is put in order before anything else. */
async function endedUpdate(): Promise<void> {
  const installation = installationOf()
  if (installation === null || !existsSync(installation.versions)) return
  const { recoverVersions } = await import('./features/update/change-version.ts')
  const failure = await recoverVersions(installation)
  if (failure === null) return
  const { message, remedy } = failureDocument(failureOf(failure))
  process.stderr.write(`${message}\n${remedy}\n`)
}
