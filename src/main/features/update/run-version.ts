/** Starts the program of a version of this installation. */
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { z } from 'zod'
import { Failure } from '../../../shared/failure.ts'

/** What the command `start-check` of the new version prints. Later versions add to it, and take nothing away. */
const checkedSchema = z.object({ ok: z.literal(true), version: z.string() })

/** The longest wait for a start: TensorFlow from a cold disk, and the workspace of a busy year that is migrated. */
const patience = 15 * 60_000

/** @param program the folder `program` of the version */
function start(program: string, parameters: readonly string[], stdio: 'watched' | 'own'): ChildProcess {
  const node = join(program, process.platform === 'win32' ? 'node.exe' : 'node')
  const cli = join(program, 'out', 'main', 'cli.js')
  return spawn(node, [cli, ...parameters], {
    // The channel ends with this process, and a check that nobody waits for ends with the channel.
    stdio: stdio === 'own' ? 'inherit' : ['ignore', 'pipe', 'pipe', 'ipc'],
    windowsHide: true,
  })
}

/**
 * Starts everything of a version once, with the workspace, which is migrated.
 * @param workspace null for the program alone
 * @throws Failure `update-did-not-start`
 */
export async function tryVersion(program: string, version: string, workspace: string | null): Promise<void> {
  const which = workspace === null ? ['--program-only'] : ['--workspace', workspace]
  const child = start(program, ['start-check', ...which, '--json'], 'watched')
  let [printed, reported] = ['', '']
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    printed = (printed + text).slice(-100_000)
  })
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    reported = (reported + text).slice(-2_000)
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), patience)
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
    .catch((cause) => {
      throw new Failure('update-did-not-start', { version, words: String(cause) }, { cause })
    })
    .finally(() => clearTimeout(timer))
  if (code === 0 && isChecked(printed, version)) return
  const words = [printed, reported].map((text) => text.trim()).filter((text) => text !== '')
  throw new Failure('update-did-not-start', {
    version,
    words: words.join('\n').slice(0, 2_000) || `exit code ${code}`,
  })
}

function isChecked(printed: string, version: string): boolean {
  try {
    return checkedSchema.parse(JSON.parse(printed)).version === version
  } catch {
    return false
  }
}

/**
 * Runs a version in the place of this process until it ends; Ctrl-C and a request to end go to it too.
 * @returns its exit code
 */
export async function runInstead(program: string, parameters: readonly string[]): Promise<number> {
  const child = start(program, parameters, 'own')
  // Ctrl-C in a terminal reaches both; a request to end reaches this process alone.
  const ignore = (): void => undefined
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal)
  process.on('SIGINT', ignore)
  process.on('SIGTERM', pass)
  process.on('SIGUSR2', pass)
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code) => resolve(code ?? 1))
    })
  } finally {
    process.off('SIGINT', ignore)
    process.off('SIGTERM', pass)
    process.off('SIGUSR2', pass)
  }
}
