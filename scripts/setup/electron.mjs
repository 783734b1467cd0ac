/** The Electron binary, fetched by Electron's own installer where the network allows. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { lastWords, runCommand } from './command.mjs'
import { request, usualLimits } from './download.mjs'
import { readJson, writeJson } from './json-file.mjs'
import { currentNode, toolEnvironment } from './node.mjs'
import { reasonOf, SetupProblem } from './problem.mjs'
import { stallWatch } from './tensorflow.mjs'
import { bytesIn } from './tree.mjs'

const day = 24 * 60 * 60_000

/** @param {string} path */
function readText(path) {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return null
  }
}

/** @param {import('./places.mjs').Places} places @returns {string} */
export function electronVersion(places) {
  return String(readJson(join(places.electron, 'package.json'))?.version ?? '')
}

/**
 * The program, or null where it has not been fetched (or only in part: `path.txt` is written last).
 * @param {import('./places.mjs').Places} places
 * @param {NodeJS.ProcessEnv} [env]
 */
export function electronProgram(places, env = process.env) {
  const path = readText(join(places.electron, 'path.txt'))
  if (path === null) return null
  const dist = env.ELECTRON_OVERRIDE_DIST_PATH ?? join(places.electron, 'dist')
  const version = readText(join(dist, 'version'))
  if (
    env.ELECTRON_OVERRIDE_DIST_PATH === undefined &&
    version?.replace(/^v/, '') !== electronVersion(places)
  ) {
    return null
  }
  const program = join(dist, path)
  return existsSync(program) ? program : null
}

/**
 * Whether nothing is to do: the binary is there, is not wanted, or was refused less than a day ago.
 * @param {import('./places.mjs').Places} places
 * @param {{ env?: NodeJS.ProcessEnv, now?: number, again?: boolean }} [options]
 */
export function electronIsSettled(places, { env = process.env, now = Date.now(), again = false } = {}) {
  if (electronProgram(places, env) !== null) return true
  if (env.ELECTRON_SKIP_BINARY_DOWNLOAD) return true
  if (again || env.FANOSCOPE_ELECTRON === '1') return false
  const refused = readJson(places.electronRefused)
  return refused?.version === electronVersion(places) && now - Date.parse(refused.at) < day
}

/**
 * Never throws: without the binary the browser host does the same.
 * @param {import('./places.mjs').Places} places
 * @param {import('./report.mjs').Report} report
 * @param {NodeJS.ProcessEnv} [env]
 */
export async function provideElectron(places, report, env = process.env) {
  const version = electronVersion(places)
  const step = report.step(`Electron ${version}`)
  try {
    await fetchElectron(places, version, env, step)
    rmSync(places.electronRefused, { force: true })
    step.done()
  } catch (error) {
    const reason = reasonOf(error)
    writeJson(places.electronRefused, { version, at: new Date().toISOString(), reason })
    step.fail(reason)
    report.notice({
      what: 'The Electron binary is not there.',
      why: reason,
      instead: 'the browser host: the same screens in a Chromium or browser window of this machine.',
      remedy:
        'make github.com reachable or set ELECTRON_MIRROR; tried again tomorrow, or at once by: npm run setup -- --electron',
    })
  }
}

/**
 * Where Electron's installer looks for the archive (see `@electron/get`).
 * @param {string} version
 * @param {NodeJS.ProcessEnv} env
 */
export function electronAddress(version, env, platform = process.platform, arch = process.arch) {
  const base =
    env.npm_config_electron_mirror ??
    env.NPM_CONFIG_ELECTRON_MIRROR ??
    env.ELECTRON_MIRROR ??
    'https://github.com/electron/electron/releases/download/'
  const folder = (env.npm_config_electron_custom_dir ?? env.ELECTRON_CUSTOM_DIR ?? `v${version}`).replace(
    '{{ version }}',
    version,
  )
  return `${base}${folder}/electron-v${version}-${platform}-${arch}.zip`
}

/** Folder where Electron's installer keeps archives. @param {NodeJS.ProcessEnv} env */
function archiveCache(env, platform = process.platform) {
  if (env.electron_config_cache) return env.electron_config_cache
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'electron')
  if (platform === 'win32')
    return join(env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'electron', 'Cache')
  return join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'electron')
}

/**
 * @param {string} folder
 * @param {string} file
 */
function isKept(folder, file) {
  try {
    return readdirSync(folder).some((name) => existsSync(join(folder, name, file)))
  } catch {
    return false
  }
}

/**
 * @param {import('./places.mjs').Places} places
 * @param {string} version
 * @param {NodeJS.ProcessEnv} env
 * @param {import('./report.mjs').Step} step
 */
async function fetchElectron(places, version, env, step) {
  if (version === '')
    throw new SetupProblem('electron-missing', 'the npm package electron is not installed.', '')
  const address = electronAddress(version, env)
  const archive = `electron-v${version}-${process.platform}-${process.arch}.zip`
  /** @type {number | null} */
  let size = null
  // The installer has no limit for connecting. Through a proxy this look would say nothing.
  if (!isKept(archiveCache(env), archive) && !env.ELECTRON_GET_USE_PROXY) {
    const response = await request(address, { method: 'HEAD', limits: { ...usualLimits, connect: 5_000 } })
    response.resume()
    size = Number(response.headers['content-length']) || null
  }
  const temporary = join(places.downloads, `electron-${process.pid}`)
  mkdirSync(temporary, { recursive: true })
  const stalled = stallWatch(60_000)
  try {
    const result = await runCommand(currentNode(places), [join(places.electron, 'install.js')], {
      cwd: places.root,
      env: { ...toolEnvironment(places, env), TMPDIR: temporary, TEMP: temporary, TMP: temporary },
      onTick: () => {
        const bytes = bytesIn(temporary)
        step.bytes(bytes, size)
        return stalled(bytes + bytesIn(join(places.electron, 'dist')))
      },
    })
    if (!result.ok || electronProgram(places, env) === null) {
      throw new SetupProblem('electron-failed', `Electron's installer failed. ${lastWords(result, 1)}`, '')
    }
  } finally {
    rmSync(temporary, { recursive: true, force: true, maxRetries: 3 })
  }
}
