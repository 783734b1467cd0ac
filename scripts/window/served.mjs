/** The browser host as a process of its own. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { currentNode } from '../setup/node.mjs'
import { placesIn, projectRoot } from '../setup/places.mjs'

const places = placesIn(projectRoot)

/**
 * @typedef {object} Served
 * @property {string} url for one browser
 * @property {number} pid
 * @property {() => Promise<void>} end as Ctrl-C does
 * @property {() => Promise<void>} kill as a power cut does
 */

/**
 * Starts `fanoscope serve`; what it reports goes to `stderr`.
 * @param {NodeJS.ProcessEnv} env
 * @param {readonly string[]} parameters
 * @param {'inherit' | 'ignore'} [stderr]
 * @returns {Promise<Served>}
 */
export function serveWindow(env, parameters, stderr = 'inherit') {
  return new Promise((resolve, reject) => {
    const child = spawn(
      currentNode(places),
      [join(places.root, 'src', 'main', 'cli.ts'), 'serve', '--json', ...parameters],
      { cwd: places.root, env, stdio: ['ignore', 'pipe', stderr] },
    )
    const closed = new Promise((done) => child.once('close', done))
    /** @param {NodeJS.Signals} signal */
    const stop = async (signal) => {
      child.kill(signal)
      await closed
    }
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text
      if (!output.includes('\n')) return
      resolve({
        url: JSON.parse(output).url,
        pid: child.pid ?? 0,
        end: () => stop('SIGINT'),
        kill: () => stop('SIGKILL'),
      })
    })
    child.on('error', reject)
    child.on('close', (code) => reject(new Error(`fanoscope serve ended with ${code}: ${output}`)))
  })
}
