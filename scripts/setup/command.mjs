/** Other programs, run so that none of them outlives set-up and none writes to our standard output. */
import { spawn } from 'node:child_process'

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set()

/** How much of a program's output is kept for the message when it fails. */
const keptOutput = 64 * 1024

/**
 * @typedef {object} CommandResult
 * @property {boolean} ok exit code 0
 * @property {number | null} code null: killed, or never started
 * @property {string} stdout its end
 * @property {string} stderr its end
 * @property {string | null} trouble why it did not start, or that it ran out of time
 */

/**
 * @param {string} program
 * @param {string[]} parameters
 * @param {{
 *   cwd?: string,
 *   env?: NodeJS.ProcessEnv,
 *   timeout?: number,
 *   shell?: boolean,
 *   onTick?: () => string | void,
 *   tick?: number,
 * }} [options] timeout in ms; onTick is called every `tick` ms (250) while the program runs, and stops it by
 *   returning why
 * @returns {Promise<CommandResult>}
 */
export function runCommand(program, parameters, options = {}) {
  return new Promise((resolve) => {
    let stdout = ''
    let stderr = ''
    /** @type {string | null} */
    let trouble = null
    const child = spawn(program, parameters, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      shell: options.shell ?? false,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    })
    running.add(child)
    const { onTick } = options
    const ticking =
      onTick === undefined
        ? undefined
        : setInterval(() => {
            const why = onTick()
            if (typeof why !== 'string' || trouble !== null) return
            trouble = why
            stop(child)
          }, options.tick ?? 250)
    const timer =
      options.timeout === undefined
        ? undefined
        : setTimeout(() => {
            trouble = `took longer than ${Math.round((options.timeout ?? 0) / 1000)} s`
            stop(child)
          }, options.timeout)
    child.stdout.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      stdout = (stdout + text).slice(-keptOutput)
    })
    child.stderr.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      stderr = (stderr + text).slice(-keptOutput)
    })
    child.on('error', (error) => {
      trouble = error.message
      if (child.pid === undefined) finish(null)
    })
    child.on('close', (code) => finish(code))

    let finished = false
    /** @param {number | null} code */
    function finish(code) {
      if (finished) return
      finished = true
      running.delete(child)
      clearInterval(ticking)
      clearTimeout(timer)
      resolve({ ok: code === 0 && trouble === null, code, stdout, stderr, trouble })
    }
  })
}

/** @param {import('node:child_process').ChildProcess} child */
function stop(child) {
  if (process.platform === 'win32' && child.pid !== undefined) {
    // A Windows process does not take its children with it.
    spawn('taskkill', ['/pid', String(child.pid), '/t', '/f'], { stdio: 'ignore', windowsHide: true })
  } else {
    child.kill('SIGKILL')
  }
}

/** Ends every program that is still running; called when set-up itself is told to stop. */
export function stopCommands() {
  for (const child of running) stop(child)
  running.clear()
}

/**
 * The last lines, without empty ones, of what a program said, for a message.
 * @param {CommandResult} result
 * @param {number} [lines]
 */
export function lastWords(result, lines = 6) {
  const said = `${result.stdout}\n${result.stderr}`
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-lines)
    .join('\n')
  return [result.trouble, said].filter((part) => part !== null && part !== '').join('\n')
}
