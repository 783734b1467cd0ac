/** `fanoscope`: every command drives the services of main with no window. */
import { processIo } from './command-line/process-io.ts'
import { createProgram } from './shell/program.ts'

process.exitCode = await createProgram(processIo(process)).run(process.argv.slice(2))
