/** The real process, as commands see it. */
import { homedir } from 'node:os'
import type { Io } from './io.ts'

const signals = ['SIGINT', 'SIGTERM'] as const

export function processIo(host: NodeJS.Process): Io {
  // `fanoscope models | head`: whoever read the output has read enough.
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
