/**
 * Works with an unpacked bundle as a person does. Started by `bundle-check.mjs` in a place without a network:
 *   node offline.mjs BUNDLE HOME MILLISECONDS-OF-UNPACKING [OWN NEXT BROKEN]
 * OWN is a copy of the bundle that can be written, NEXT its next version, BROKEN one that does not start.
 */
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { launchChromium } from '../../window/chromium.mjs'

const [bundle = '', home = '', unpacked = '0', own, next = '', broken = ''] = process.argv.slice(2)
const workspace = join(home, 'Fanoscope')
/** Nothing of this shell: no npm, no compiler, no settings. */
const env = { HOME: home, PATH: '/usr/bin:/bin', LANG: 'C.UTF-8' }
/** Root may write anywhere, so that it becomes somebody who may not. */
const becomes =
  process.getuid?.() === 0
    ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--no-new-privs']
    : []
/** @param {string} where a bundle @param {string[]} parameters @returns {[string, string[]]} */
const asUser = (where, parameters) => {
  const start = join(where, 'fanoscope')
  const [program = start, ...rest] = [...becomes, start, ...parameters]
  return [program, rest]
}

const began = Date.now()
/** @param {string} text */
const say = (text) =>
  process.stdout.write(`${((Date.now() - began) / 1000).toFixed(1).padStart(6)} s  ${text}\n`)

/**
 * @param {string} where a bundle
 * @param {number} status the exit code that is expected
 * @param {string[]} parameters
 * @returns {any} the document that the command prints
 */
function commandOf(where, status, ...parameters) {
  const [program, rest] = asUser(where, [...parameters, '--json'])
  const result = spawnSync(program, rest, { cwd: home, env, encoding: 'utf8', maxBuffer: 1 << 28 })
  assert.equal(result.status, status, `${parameters.join(' ')}\n${result.stdout}\n${result.stderr}`)
  return JSON.parse(result.stdout)
}

/** @param {string[]} parameters @returns {any} */
const command = (...parameters) => commandOf(bundle, 0, ...parameters)

/** The network is gone, and the program's folder closed: else the rest proves nothing. */
function checkSurroundings() {
  const outside = Object.values(networkInterfaces()).flatMap(
    (list) => list?.filter(({ internal }) => !internal) ?? [],
  )
  assert.deepEqual(outside, [])
  const [program = '', ...rest] = [...becomes, 'touch', join(bundle, 'program', 'written')]
  const touched = spawnSync(program, rest, { encoding: 'utf8' })
  assert.notEqual(touched.status, 0, 'the program’s folder can be written')
}

function checkCommands() {
  const doctor = command('doctor')
  assert.equal(doctor.ok, true)
  assert.equal(doctor.engine.provider.backend, 'tensorflow')
  // A graphics card is the computer's, not the bundle's.
  const found = doctor.findings.map((/** @type {{ code: string }} */ { code }) => code)
  assert.deepEqual(
    found.filter((/** @type {string} */ code) => code !== 'gpu-missing' && code !== 'gpu-unused'),
    [],
  )
  say(`doctor: nothing is missing, TensorFlow ${doctor.engine.provider.version}`)
  const written = command(
    'sample',
    join(home, 'sample'),
    '--train',
    '8',
    '--test-good',
    '2',
    '--per-defect',
    '1',
  )
  say(`sample: ${written.images.trainGood} good parts for training`)
  const imported = command('import', join(bundle, 'sample-line'), '--dataset', 'sample', '--has-direction')
  assert.equal(imported.refused.length, 0)
  say(`import: ${imported.imported} photographs`)
  const { run, seconds } = command('train', '--dataset', 'sample', '--preset', 'smoke', '--seed', '1')
  say(`train smoke: ${seconds.toFixed(1)} s`)
  const { images } = command('score', '--run', run)
  say(`score: ${images} photographs`)
  const { imageAuroc } = command('evaluate', '--run', run)
  assert.ok(imageAuroc > 0 && imageAuroc <= 1)
  say(`evaluate: AUROC ${imageAuroc}`)
  const report = join(home, 'report.pdf')
  command('export', '--run', run, '--format', 'report', '--to', report)
  assert.ok(existsSync(report))
  say('export: a report')
  assert.equal(command('verify').ok, true)
  say('verify: whole')
}

/**
 * @param {string} where a bundle
 * @returns {{ url: () => Promise<string>, end: () => Promise<void> }} url: the next address that is printed
 */
function serve(where) {
  const [program, rest] = asUser(where, ['serve', '--workspace', workspace, '--json'])
  const child = spawn(program, rest, { cwd: home, env, stdio: ['ignore', 'pipe', 'inherit'] })
  const closed = new Promise((resolve) => child.once('close', resolve))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    async url() {
      const { value, done } = await lines.next()
      if (done) throw new Error(`serve ended with ${child.exitCode}`)
      return JSON.parse(value).url
    },
    async end() {
      child.kill('SIGTERM')
      await closed
    },
  }
}

async function checkWindow() {
  const browser = await launchChromium()
  try {
    const started = Date.now()
    const served = serve(bundle)
    const page = await browser.newPage()
    /** @type {string[]} */
    const problems = []
    page.on('pageerror', (error) => problems.push(error.message))
    page.on('requestfailed', (request) => problems.push(`${request.url()} failed`))
    await page.goto(await served.url())
    await page.getByRole('button').first().waitFor()
    const seconds = (Number(unpacked) + Date.now() - started) / 1000
    say(
      `window: the first screen ${seconds.toFixed(1)} s after the archive (unpacking ${(Number(unpacked) / 1000).toFixed(1)} s)`,
    )
    if (process.env.FANOSCOPE_SCREEN) writeFileSync(process.env.FANOSCOPE_SCREEN, await page.screenshot())
    assert.deepEqual(problems, [])
    await page.close()
    await served.end()
  } finally {
    await browser.close()
  }
}

/** @param {string} where */
function checkUpdate(where) {
  const version = () => commandOf(where, 0, 'doctor').version
  const before = version()
  const { error } = commandOf(where, 1, 'update', broken)
  assert.equal(error.code, 'update-did-not-start')
  assert.equal(version(), before)
  assert.equal(commandOf(where, 0, 'verify').ok, true)
  say(`update: a version that does not start was refused, ${before} goes on`)
  const started = Date.now()
  const updated = commandOf(where, 0, 'update', next)
  assert.equal(updated.installed, true)
  assert.notEqual(updated.version, before)
  assert.equal(version(), updated.version)
  assert.equal(commandOf(where, 0, 'verify').ok, true)
  say(`update: from ${before} to ${updated.version} in ${((Date.now() - started) / 1000).toFixed(1)} s`)
  assert.equal(commandOf(where, 0, 'update', '--back').version, before)
  assert.equal(version(), before)
  say(`update: back to ${before}`)
}

/** An update that a person asks for in the window: Fanoscope closes, and what works comes again. @param {string} where */
async function checkUpdateInWindow(where) {
  const browser = await launchChromium()
  try {
    const served = serve(where)
    /** @param {string} name @param {unknown} input @returns {Promise<any>} */
    const callInWindow = async (name, input) => {
      const page = await browser.newPage()
      await page.goto(url)
      try {
        return await page.evaluate(
          ([called, given]) => Reflect.get(window, 'fanoscope').call(called, given),
          [name, input],
        )
      } finally {
        // An address is for one page; the next one is another address.
        await page.close()
      }
    }
    let url = await served.url()
    await callInWindow('update.start', { folder: broken, operator: 'Li Na' })
    url = await served.url()
    const state = await callInWindow('update.state', {})
    assert.equal(state.last.failure.code, 'update-did-not-start')
    say(`window: ${state.version} comes again after a version that does not start`)
    await served.end()
    const again = serve(where)
    url = await again.url()
    await callInWindow('update.start', { folder: next, operator: 'Li Na' })
    url = await again.url()
    const info = await callInWindow('app.info', {})
    assert.notEqual(info.version, state.version)
    assert.equal(info.workspace.dir, workspace)
    say(`window: ${info.version} comes after the update, with the workspace`)
    await again.end()
  } finally {
    await browser.close()
  }
}

checkSurroundings()
await checkWindow()
checkCommands()
assert.ok(existsSync(workspace))
if (own !== undefined) {
  checkUpdate(own)
  await checkUpdateInWindow(own)
} else say('update: not tried, the key of this bundle is not known')
