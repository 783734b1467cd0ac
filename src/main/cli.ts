/** `fanoscope`: every command drives the services of main with no window. */
import { processIo } from './commands/process-io.ts'
import { createProgram } from './commands/program.ts'

process.exitCode = await createProgram(processIo(process)).run(process.argv.slice(2))
