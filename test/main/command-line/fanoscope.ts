/** Runs the real command line as a person does: a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { resolve } from 'node:path'

const cli = resolve(import.meta.dirname, '../../../src/main/cli.ts')

export interface Finished {
  code: number | null
  stdout: string
  stderr: string
  /** The document of `--json`: standard output must be one and nothing else. */
  document: () => unknown
}

export interface RunOptions {
  environment?: Record<string, string>
  /** What standard input holds; by default nothing. */
  input?: string
  /** A program that starts Node, with its own parameters before. */
  through?: [program: string, ...parameters: string[]]
  /** Hears standard output as it comes. */
  onOutput?: (child: ChildProcess, all: string) => void
  /** Hears standard error as it comes. */
  onReport?: (child: ChildProcess, all: string) => void
}

export function fanoscope(parameters: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const { environment = {}, through = [], input, onOutput, onReport } = options
  const [program = process.execPath, ...before] = [...through, process.execPath]
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...before, cli, ...parameters], {
      env: { ...process.env, ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    child.stdin.end(input)
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
      onOutput?.(child, stdout)
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
      onReport?.(child, stderr)
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr, document: () => JSON.parse(stdout) }))
  })
}

/** Windows has no Ctrl-C that one program can send to another. */
export const cannotInterrupt = process.platform === 'win32'

/** Ctrl-C, once, as soon as standard error holds this. */
export function interruptAt(text: string): RunOptions {
  let isSent = false
  return {
    onReport(child, all) {
      if (isSent || !all.includes(text)) return
      isSent = true
      child.kill('SIGINT')
    },
  }
}
