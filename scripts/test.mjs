/**
 * `npm test`: lint and formatting, types, imports, exports that nothing uses, and every test. Prints each skipped test with its reason, how long it
 * took, and as the last line what came of it all: `N passed, N failed, N skipped`. A check that fails counts as failed.
 *
 * `npm test -- <vitest arguments>` runs those tests alone, without the checks.
 */
import { spawn } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { readJson } from './setup/json-file.mjs'
import { currentNode } from './setup/node.mjs'
import { placesIn, projectRoot } from './setup/places.mjs'
import { duration } from './setup/report.mjs'
import { summaryLines } from './test/summary-lines.mjs'

const started = Date.now()
const places = placesIn(projectRoot)
const chosen = process.argv.slice(2)
const summaryFile = join(places.cache, `test-summary-${process.pid}.json`)

/** @param {string[]} path of a script in node_modules */
const tool = (...path) => join(places.modules, ...path)

/**
 * @param {string[]} parameters
 * @param {{ quiet: boolean, env?: NodeJS.ProcessEnv }} options quiet: its output is given back, not shown
 * @returns {Promise<{ ok: boolean, output: string, time: number }>}
 */
function node(parameters, { quiet, env = process.env }) {
  const started = Date.now()
  return new Promise((resolve, reject) => {
    const stdio = quiet ? 'pipe' : 'inherit'
    const child = spawn(currentNode(places), parameters, {
      cwd: places.root,
      env,
      stdio: ['ignore', stdio, stdio],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
        output += text
      })
    }
    child.on('error', reject)
    child.on('close', (code) => resolve({ ok: code === 0, output, time: Date.now() - started }))
  })
}

/** @returns {Promise<string[]>} what the checks that failed have to say */
async function runChecks() {
  const checks = [
    { name: 'lint', parameters: [tool('@biomejs', 'biome', 'bin', 'biome'), 'check', '--error-on-warnings'] },
    {
      name: 'types of main, scripts and tests',
      parameters: [tool('typescript', 'bin', 'tsc'), '-b', 'tsconfig.node.json'],
    },
    {
      name: 'types of the window',
      parameters: [tool('vue-tsc', 'bin', 'vue-tsc.js'), '-p', 'tsconfig.web.json', '--noEmit'],
    },
    { name: 'exports that nothing uses', parameters: [tool('knip', 'bin', 'knip.js'), '--no-progress'] },
    {
      name: 'who imports whom',
      parameters: [
        tool('dependency-cruiser', 'bin', 'dependency-cruise.mjs'),
        '--config',
        '.dependency-cruiser.mjs',
        'src',
      ],
    },
  ]
  const results = await Promise.all(
    checks.map(async ({ name, parameters }) => {
      const { ok, output, time } = await node(parameters, { quiet: true })
      process.stdout.write(`${ok ? 'ok    ' : 'FAILED'} ${name} (${duration(time)})\n`)
      return ok ? [] : [`FAILED ${name}\n${output}`]
    }),
  )
  return results.flat()
}

/** @returns {Promise<import('./test/summary-reporter.mjs').Summary>} */
async function runTests() {
  mkdirSync(places.cache, { recursive: true })
  const reporter = join(places.root, 'scripts', 'test', 'summary-reporter.mjs')
  const result = await node(
    [tool('vitest', 'vitest.mjs'), 'run', '--reporter=default', `--reporter=${reporter}`, ...chosen],
    {
      quiet: false,
      env: {
        ...process.env,
        FANOSCOPE_TEST_SUMMARY: summaryFile,
        // Threads and programs that tests start from source take it from here without types and compiled.
        NODE_COMPILE_CACHE: join(places.cache, 'compiled'),
      },
    },
  )
  const summary = readJson(summaryFile) ?? { passed: 0, failed: 1, skipped: [] }
  rmSync(summaryFile, { force: true })
  // Vitest may fail for something that is no test's fault, and then says so itself.
  if (!result.ok && summary.failed === 0) summary.failed = 1
  return summary
}

// Side by side: a test that waits for a browser leaves a core to them.
const [failedChecks, { passed, failed, skipped }] = await Promise.all([
  chosen.length === 0 ? runChecks() : [],
  runTests(),
])
// What they said as they failed is far above by now.
for (const said of failedChecks) process.stdout.write(said)
const summary = { passed, failed: failed + failedChecks.length, skipped }
process.stdout.write(`${summaryLines(summary, Date.now() - started).join('\n')}\n`)
process.exitCode = summary.failed > 0 || passed === 0 ? 1 : 0
