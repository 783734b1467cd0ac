/** The command line `fanoscope`: every command uses the features of main without a window. */
import './platform/wasm-wrappers.ts'
import { processIo } from './command-line/process-io.ts'
import { createProgram } from './shell/program.ts'

process.exitCode = await createProgram(processIo(process)).run(process.argv.slice(2))
