/** The bundles of main, preload and renderer in `out`, made anew when a source changed. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { lastWords, runCommand } from './command.mjs'
import { readJson, writeJson } from './json-file.mjs'
import { currentNode, toolEnvironment } from './node.mjs'
import { SetupProblem } from './problem.mjs'

const sources = [
  'src',
  'resources',
  'electron.vite.config.ts',
  'package.json',
  'package-lock.json',
  'tsconfig.base.json',
  'tsconfig.shared.json',
  'tsconfig.kernels.json',
  'tsconfig.web.json',
  'tsconfig.node.json',
]

/** @param {import('./places.mjs').Places} places */
function isConfigured(places) {
  return existsSync(join(places.root, 'electron.vite.config.ts'))
}

/**
 * Name, size and time of every source.
 * @param {string} root
 * @returns {string}
 */
export function sourceSignature(root) {
  const hash = createHash('sha256')
  /** @param {string} path */
  const add = (path) => {
    const full = join(root, path)
    const status = statSync(full, { throwIfNoEntry: false })
    if (status === undefined) return
    if (status.isDirectory()) {
      for (const name of readdirSync(full).sort()) add(`${path}/${name}`)
    } else {
      hash.update(`${path}\n${status.size}\n${status.mtimeMs}\n`)
    }
  }
  for (const source of sources) add(source)
  return hash.digest('hex')
}

/**
 * @param {import('./places.mjs').Places} places
 * @param {import('./plan.mjs').Target} target a command is content with any build that is there
 */
export function buildIsThere(places, target) {
  if (!isConfigured(places)) return true
  const stamp = readJson(places.buildStamp)
  if (stamp === null || !existsSync(join(places.out, 'renderer'))) return false
  return target === 'command' || stamp.sources === sourceSignature(places.root)
}

/**
 * @param {import('./places.mjs').Places} places
 * @param {import('./report.mjs').Report} report
 */
export async function buildBundles(places, report) {
  const step = report.step('build the application')
  const signature = sourceSignature(places.root)
  const result = await runCommand(
    currentNode(places),
    [join(places.modules, 'electron-vite', 'bin', 'electron-vite.js'), 'build'],
    {
      cwd: places.root,
      // Without colors: what it says may become a message.
      env: { ...toolEnvironment(places), NODE_ENV: 'production', NO_COLOR: '1', FORCE_COLOR: '0' },
      onTick: () => step.working('electron-vite'),
    },
  )
  if (!result.ok) {
    step.fail('electron-vite failed')
    throw new SetupProblem(
      'build-failed',
      `the application could not be built.\n${lastWords(result, 20)}`,
      'Correct what the message names, then start again.',
    )
  }
  writeJson(places.buildStamp, { sources: signature })
  step.done()
}
