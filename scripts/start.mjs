/** `npm start`: Fanoscope in Electron where its binary is, else in the browser host. Arguments are passed on. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { electronProgram } from './setup/electron.mjs'
import { currentNode } from './setup/node.mjs'
import { placesIn, projectRoot } from './setup/places.mjs'
import { chooseHost } from './start/host.mjs'

const places = placesIn(projectRoot)
const choice = chooseHost({
  electron: electronProgram(places),
  platform: process.platform,
  env: process.env,
})
const passed = process.argv.slice(2)
const [program, parameters] =
  choice.host === 'electron'
    ? [choice.program, [places.root, ...passed]]
    : [currentNode(places), [join(places.root, 'src', 'main', 'cli.ts'), 'serve', '--open', ...passed]]
if (choice.host === 'browser') process.stderr.write(`Fanoscope opens in the browser host: ${choice.why}.\n`)

const child = spawn(program, parameters, { cwd: places.root, stdio: 'inherit' })
// A terminal's Ctrl-C reaches the child by itself; it ends first, then this process with its exit code.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => child.kill('SIGTERM'))
process.on('SIGHUP', () => child.kill('SIGHUP'))
child.on('error', (error) => {
  process.stderr.write(`Fanoscope could not be started: ${error.message}\n`)
  process.exitCode = 1
})
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143)
})
