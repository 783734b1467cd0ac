/** A process that fills a folder by a program until it is killed: `node station-with-grabber.ts FOLDER PROGRAM …`. */
import { runGrabber } from '../../../../src/main/features/grabbers/run-grabber.ts'

const [folder = '', program = '', ...given] = process.argv.slice(2)
await runGrabber({
  grabber: { folder, program, arguments: given },
  signal: new AbortController().signal,
  log: { info: () => undefined, warn: () => undefined },
  onState: (failure) => {
    if (failure === null) process.stdout.write('runs\n')
  },
})
