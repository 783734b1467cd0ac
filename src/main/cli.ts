/** `fanoscope`: every command drives the services of main with no window. */
import { createCommandLine } from './commands/command.ts'
import { processIo } from './commands/process-io.ts'
import { addServe } from './commands/serve.ts'

const line = createCommandLine(processIo(process), (program) =>
  program.name('fanoscope').description('Offline visual inspection with GAN anomaly detection.'),
)
for (const add of [addServe]) add(line)
process.exitCode = await line.run(process.argv.slice(2))
