/** The command line `fanoscope`: every command uses the features of main without a window. */
import { dirname } from 'node:path'
import './platform/wasm-wrappers.ts'
import { processIo } from './command-line/process-io.ts'
import { useAuditKey } from './platform/audit-key.ts'
import { stateFile } from './platform/preferences.ts'
import { createProgram } from './shell/program.ts'

useAuditKey(dirname(stateFile(process.env)))

process.exitCode = await createProgram(processIo(process)).run(process.argv.slice(2))
