/**
 * Works with an unpacked bundle as a person does. Started by `bundle-check.mjs` in a place without a network:
 *   node offline.mjs BUNDLE HOME MILLISECONDS-OF-UNPACKING
 */
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { launchChromium } from '../../window/chromium.mjs'

const [bundle = '', home = '', unpacked = '0'] = process.argv.slice(2)
const start = join(bundle, 'fanoscope')
const workspace = join(home, 'Fanoscope')
/** Nothing of this shell: no npm, no compiler, no settings. */
const env = { HOME: home, PATH: '/usr/bin:/bin', LANG: 'C.UTF-8' }
/** Root may write anywhere, so that it becomes somebody who may not. */
const becomes =
  process.getuid?.() === 0
    ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--no-new-privs']
    : []
/** @param {string[]} parameters @returns {[string, string[]]} */
const asUser = (parameters) => {
  const [program = start, ...rest] = [...becomes, start, ...parameters]
  return [program, rest]
}

const began = Date.now()
/** @param {string} text */
const say = (text) =>
  process.stdout.write(`${((Date.now() - began) / 1000).toFixed(1).padStart(6)} s  ${text}\n`)

/** @param {string[]} parameters @returns {any} the document that the command prints */
function command(...parameters) {
  const [program, rest] = asUser([...parameters, '--json'])
  const result = spawnSync(program, rest, { cwd: home, env, encoding: 'utf8', maxBuffer: 1 << 28 })
  assert.equal(result.status, 0, `${parameters.join(' ')}\n${result.stdout}\n${result.stderr}`)
  return JSON.parse(result.stdout)
}

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

/** @returns {Promise<{ url: string, end: () => Promise<void> }>} */
function serve() {
  const [program, rest] = asUser(['serve', '--json'])
  const child = spawn(program, rest, { cwd: home, env, stdio: ['ignore', 'pipe', 'inherit'] })
  const closed = new Promise((resolve) => child.once('close', resolve))
  return new Promise((resolve, reject) => {
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text
      if (!output.includes('\n')) return
      const end = async () => {
        child.kill('SIGINT')
        await closed
      }
      resolve({ url: JSON.parse(output).url, end })
    })
    child.once('close', (code) => reject(new Error(`serve ended with ${code}`)))
  })
}

async function checkWindow() {
  const browser = await launchChromium()
  try {
    const started = Date.now()
    const served = await serve()
    const page = await browser.newPage()
    /** @type {string[]} */
    const problems = []
    page.on('pageerror', (error) => problems.push(error.message))
    page.on('requestfailed', (request) => problems.push(`${request.url()} failed`))
    await page.goto(served.url)
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

checkSurroundings()
await checkWindow()
checkCommands()
assert.ok(existsSync(workspace))
