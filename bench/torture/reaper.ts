/**
 * A process of its own that outlives a torture which is killed: when the pipe to it closes, it ends what the torture
 * started and removes its folder. Parameters: the beginning of the marks, and the folder.
 */
import { rmSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { processesOf } from './processes.ts'

const [beginning = '', folder = ''] = process.argv.slice(2)
process.stdin.resume()
process.stdin.once('close', () => void reap())

async function reap(): Promise<void> {
  // A process that is only just starting is found by a later look.
  for (let quiet = 0; quiet < 3; ) {
    const left = processesOf(beginning)
    for (const { pid } of left) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It has ended meanwhile.
      }
    }
    quiet = left.length === 0 ? quiet + 1 : 0
    await pause(200)
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}
