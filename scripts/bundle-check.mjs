/**
 * `npm run bundle:check [-- ARCHIVE KEY]`: does an offline bundle work on a computer that never had a network? Makes the
 * bundle of this system, or takes one; unpacks it into a folder with spaces and Chinese characters; and works with it
 * as an ordinary user who cannot write there, with an empty home, with the network taken away. Then it is updated, where
 * the key that signed it is known: in a copy that this user may write to, from versions that are made out of it, one of
 * which does not start.
 */
import { spawnSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeNextVersion } from './bundle/check/next-version.mjs'
import { faultsOf } from './bundle/signature.mjs'
import { isThisSystem, systems } from './bundle/systems.mjs'
import { currentNode } from './setup/node.mjs'
import { placesIn, projectRoot } from './setup/places.mjs'
import { megabytes } from './setup/report.mjs'

const places = placesIn(projectRoot)
const node = currentNode(places)
/** @param {string} text */
const say = (text) => process.stdout.write(`${text}\n`)
/** @param {string} text @returns {never} */
function fail(text) {
  process.stderr.write(`${text}\n`)
  process.exit(1)
}

/** A key for this one time. @param {string} file @returns {string} */
function makeKey(file) {
  const { privateKey } = generateKeyPairSync('ed25519')
  writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  return file
}

/** @param {string} folder @param {string} key @returns {string} */
function makeBundle(folder, key) {
  const system = systems.find(isThisSystem)
  if (system === undefined) return fail(`There is no bundle for ${process.platform} ${process.arch}.`)
  const script = fileURLToPath(new URL('bundle.mjs', import.meta.url))
  const made = spawnSync(node, [script, '--for', system.name, '--to', folder, '--key', key], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  })
  return made.status === 0 ? made.stdout.trim() : fail('The bundle was not made.')
}

/** Why this machine cannot take the network away from a process; null where it can. */
function obstacle() {
  if (process.platform !== 'linux') return `${process.platform} has no unshare`
  const options = process.getuid?.() === 0 ? ['-n'] : ['-rn']
  const tried = spawnSync('unshare', [...options, 'ip', 'link', 'set', 'lo', 'up'], { encoding: 'utf8' })
  if (tried.status === 0) return null
  return `unshare ${options.join(' ')}: ${tried.error?.message ?? tried.stderr.trim()}`
}

/** Takes from everybody the right to write, also from its owner. @param {string} folder */
function makeReadOnly(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isSymbolicLink()) {
      const path = join(entry.parentPath, entry.name)
      chmodSync(path, statSync(path).mode & 0o555)
    }
  }
  chmodSync(folder, 0o555)
}

/** @param {string} folder */
function makeRemovable(folder) {
  chmodSync(folder, 0o755)
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) makeRemovable(join(folder, entry.name))
}

/**
 * @param {string} bundle @param {string} key
 * @returns {Promise<string[]>} a copy of the bundle that the ordinary user may write to, its next version, and one that
 *   does not start
 */
async function prepareUpdates(bundle, key) {
  const [own, next, broken] = ['自己的 own', 'stick/next', 'stick/broken'].map((name) => join(folder, name))
  if (own === undefined || next === undefined || broken === undefined) throw new Error('unreachable')
  if (spawnSync('cp', ['-r', '--preserve=links,mode', bundle, own]).status !== 0) fail('cp failed.')
  if (spawnSync('chmod', ['-R', 'u+w', own]).status !== 0) fail('chmod failed.')
  if (process.getuid?.() === 0 && spawnSync('chown', ['-R', '65534:65534', own]).status !== 0)
    fail('chown failed.')
  await makeNextVersion(bundle, next, key)
  await makeNextVersion(bundle, broken, key, {
    'program/out/main/cli.js': 'throw new Error("This version does not start.")\n',
  })
  return [own, next, broken]
}

const why = obstacle()
if (why !== null) fail(`The check needs a network that can be taken away: ${why}.`)
const folder = mkdtempSync(join(tmpdir(), 'fanoscope-bundle-'))
// The ordinary user has to reach what is in it.
chmodSync(folder, 0o755)
const unpackTo = join(folder, '厂区 3 line')
try {
  const [given, givenKey] = process.argv.slice(2)
  const key = given === undefined ? makeKey(join(folder, 'key.pem')) : givenKey
  const archive = given === undefined ? makeBundle(join(folder, 'made'), key ?? '') : resolve(given)
  say(`${archive}: ${megabytes(statSync(archive).size)}`)
  if (statSync(archive).size > 400e6) fail('It has more than 400 MB.')
  mkdirSync(unpackTo)
  const started = Date.now()
  if (spawnSync('tar', ['-xzf', archive, '-C', unpackTo], { stdio: 'inherit' }).status !== 0)
    fail('tar failed.')
  const unpacked = Date.now() - started
  const [top = ''] = readdirSync(unpackTo)
  const bundle = join(unpackTo, top)
  makeReadOnly(bundle)
  const home = join(folder, '家 home')
  mkdirSync(home)
  chmodSync(home, 0o777)
  const updates = key === undefined ? [] : await prepareUpdates(bundle, key)
  const inside = fileURLToPath(new URL('bundle/check/offline.mjs', import.meta.url))
  const options = process.getuid?.() === 0 ? ['-n'] : ['-rn']
  const checked = spawnSync(
    'unshare',
    [
      ...options,
      'sh',
      '-c',
      'ip link set lo up && exec "$@"',
      'sh',
      node,
      inside,
      bundle,
      home,
      String(unpacked),
      ...updates,
    ],
    { stdio: 'inherit' },
  )
  if (checked.status !== 0) fail('The bundle does not work without a network.')
  const faults = await faultsOf(bundle, null)
  if (faults.length > 0) fail(`The program's folder changed:\n${faults.join('\n')}`)
  say('The program’s folder is as it was unpacked.')
} finally {
  makeRemovable(folder)
  rmSync(folder, { recursive: true, force: true })
}
