/** Installs what a stick offers, as a process of its own: PROGRAM STICK told|untold. Prints the code of its failure. */
import { install } from '../../../../src/main/features/update/install.ts'
import { lookAt } from '../../../../src/main/features/update/offer.ts'
import { freeBytes } from '../../../../src/main/platform/free-bytes.ts'
import { installationOf } from '../../../../src/main/platform/installation.ts'
import { failureData } from '../../../../src/shared/failure.ts'

const [program, stick = '', room] = process.argv.slice(2)
const installation = installationOf(program)
if (installation === null) throw new Error(`${program} is no bundle.`)
try {
  await install(installation, await lookAt(stick, installation), {
    signal: new AbortController().signal,
    onProgress: () => undefined,
    room: room === 'told' ? freeBytes : async () => null,
  })
  process.stdout.write('installed\n')
} catch (error) {
  process.stdout.write(`${failureData(error).code}\n`)
}
