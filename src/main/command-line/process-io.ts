/** The real process, as commands see it. */
import { homedir } from 'node:os'
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
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
    onEnter(listener) {
      const { stdin } = host
      const hasKeyboard = stdin.isTTY === true
      // A terminal sends whole lines.
      if (hasKeyboard) stdin.on('data', listener)
      host.on('SIGUSR2', listener)
      return () => {
        host.off('SIGUSR2', listener)
        if (!hasKeyboard) return
        stdin.off('data', listener)
        // One that is read keeps the process.
        stdin.pause()
      }
    },
    askHidden: (question) => typedLine(host, question),
    readLine: () => firstLine(host.stdin),
    keyboard: host.stdin.isTTY === true,
  }
}

/** The first line that arrives; empty where the input ends without one. */
function firstLine(input: NodeJS.ReadableStream, output?: Writable): Promise<string> {
  return new Promise((resolve) => {
    const lines = createInterface({ input, output, terminal: output !== undefined })
    lines.once('line', (line) => {
      resolve(line)
      lines.close()
    })
    // After a line this changes nothing.
    lines.once('close', () => resolve(''))
  })
}

/** A line of the terminal whose echo goes nowhere. */
async function typedLine({ stdin, stderr }: NodeJS.Process, question: string): Promise<string> {
  stderr.write(question)
  const nowhere = new Writable({ write: (_text, _encoding, done) => done() })
  const line = await firstLine(stdin, nowhere)
  stderr.write('\n')
  return line
}
