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
 * @property {() => Promise<number | null>} end as Ctrl-C does; tells the exit code
 * @property {() => Promise<number | null>} kill as a power cut does
 */

/**
 * Starts `fanoscope serve`.
 * @param {NodeJS.ProcessEnv} env
 * @param {readonly string[]} parameters
 * @param {'inherit' | 'ignore' | ((text: string) => void)} [stderr] where its reports go, or who hears them
 * @param {readonly string[]} [through] a program that becomes Node, with its own parameters
 * @returns {Promise<Served>}
 */
export function serveWindow(env, parameters, stderr = 'inherit', through = []) {
  return new Promise((resolve, reject) => {
    const [program = '', ...before] = [...through, currentNode(places)]
    const child = spawn(
      program,
      [...before, join(places.root, 'src', 'main', 'cli.ts'), 'serve', '--json', ...parameters],
      { cwd: places.root, env, stdio: ['ignore', 'pipe', typeof stderr === 'string' ? stderr : 'pipe'] },
    )
    if (typeof stderr !== 'string') child.stderr?.setEncoding('utf8').on('data', stderr)
    /** @type {Promise<number | null>} */
    const closed = new Promise((done) => child.once('close', done))
    /** @param {NodeJS.Signals} signal */
    const stop = (signal) => {
      child.kill(signal)
      return closed
    }
    let output = ''
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      output += text
      if (!output.includes('\n')) return
      const { url, error } = JSON.parse(output)
      if (error) {
        reject(new Error(`${error.message} ${error.remedy}`))
        return
      }
      resolve({
        url,
        pid: child.pid ?? 0,
        end: () => stop('SIGINT'),
        kill: () => stop('SIGKILL'),
      })
    })
    child.on('error', reject)
    child.on('close', (code) => reject(new Error(`fanoscope serve ended with ${code}: ${output}`)))
  })
}
