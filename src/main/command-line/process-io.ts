/** The real process, as commands see it. */
import { homedir } from 'node:os'
import type { Io } from './io.ts'

const signals = ['SIGINT', 'SIGTERM'] as const

export function processIo(host: NodeJS.Process): Io {
  // A reader such as `head` in `fanoscope models | head` may close the pipe early; that is no error.
  host.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
  return {
    write: (text) => void host.stdout.write(text),
    report: (text) => void host.stderr.write(text),
    terminal: host.stderr.isTTY === true,
    environment: host.env,
    home: homedir(),
    onInterrupt(listener) {
      for (const signal of signals) host.on(signal, listener)
      return () => {
        for (const signal of signals) host.off(signal, listener)
      }
    },
  }
}
