/** Python's own installer as a way to get wheels: it knows the mirrors, proxies and certificates set here. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { lastWords, runCommand } from './command.mjs'
import { SetupProblem } from './problem.mjs'
import { bytesIn } from './tree.mjs'
import { wheelFile } from './wheels.mjs'

/**
 * @typedef {object} Pip
 * @property {string} program
 * @property {string[]} before what comes before pip's own parameters
 */

/**
 * A Python with pip, or null.
 * @param {{ platform?: string, run?: typeof runCommand }} [options]
 * @returns {Promise<Pip | null>}
 */
export async function findPip({ platform = process.platform, run = runCommand } = {}) {
  const candidates =
    platform === 'win32' ? [['py', '-3'], ['python'], ['python3']] : [['python3'], ['python'], ['py', '-3']]
  for (const [program = '', ...before] of candidates) {
    const result = await run(program, [...before, '-m', 'pip', '--version'], { timeout: 30_000 })
    if (result.ok && result.stdout.startsWith('pip ')) return { program, before: [...before, '-m', 'pip'] }
  }
  return null
}

/** Variables that send what a program fetches through a proxy. */
const proxies = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy']

/**
 * Whether this site gave pip settings, or there is a proxy, which pip knows how to use.
 * @param {Pip} pip
 * @param {{ env?: NodeJS.ProcessEnv, run?: typeof runCommand }} [options]
 */
export async function pipHasSettings(pip, { env = process.env, run = runCommand } = {}) {
  if (proxies.some((name) => env[name])) return true
  const result = await run(pip.program, [...pip.before, 'config', 'list'], { timeout: 30_000 })
  return result.ok && result.stdout.trim() !== ''
}

/**
 * What pip is asked for: that one file and no other, whatever machine this is.
 * @param {import('./wheels.mjs').Wheel} wheel
 * @param {{ requirements: string, folder: string }} places
 * @returns {string[]}
 */
export function pipParameters(wheel, { requirements, folder }) {
  const platforms = (wheel.tag.split('-')[2] ?? '').split('.').flatMap((platform) => ['--platform', platform])
  return [
    'download',
    '--no-deps',
    '--only-binary=:all:',
    '--no-cache-dir',
    '--no-input',
    '--disable-pip-version-check',
    '--progress-bar=off',
    '--retries=2',
    '--timeout=30',
    '--implementation=cp',
    '--python-version=3.11',
    ...platforms,
    '--require-hashes',
    '--requirement',
    requirements,
    '--dest',
    folder,
  ]
}

/**
 * Puts the wheel into `folder`. Pip shows no progress to programs, so what it has written so far is measured.
 * @param {Pip} pip
 * @param {import('./wheels.mjs').Wheel} wheel
 * @param {string} folder
 * @param {(done: number) => void} onBytes
 */
export async function downloadByPip(pip, wheel, folder, onBytes) {
  const temporary = join(folder, `pip-${process.pid}`)
  mkdirSync(temporary, { recursive: true })
  try {
    const requirements = join(temporary, 'requirements.txt')
    writeFileSync(requirements, `${wheel.project}==${wheel.version} --hash=sha256:${wheel.sha256}\n`)
    const result = await runCommand(
      pip.program,
      [...pip.before, ...pipParameters(wheel, { requirements, folder })],
      {
        env: { ...process.env, TMPDIR: temporary, TEMP: temporary, TMP: temporary },
        onTick: () => onBytes(bytesIn(temporary)),
      },
    )
    if (!result.ok || !existsSync(join(folder, wheelFile(wheel)))) {
      throw new SetupProblem(
        'pip-failed',
        `pip could not fetch ${wheel.project} ${wheel.version}: ${pipReason(result)}`,
        'Check that the Python package index can be reached, then start again.',
      )
    }
  } finally {
    rmSync(temporary, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** The line in which pip says what is wrong. @param {import('./command.mjs').CommandResult} result */
function pipReason(result) {
  const errors = result.stderr.split('\n').filter((line) => line.startsWith('ERROR:'))
  return (errors[0] ?? lastWords(result, 1)).replace(/^ERROR: /, '')
}
