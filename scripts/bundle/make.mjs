/** Gathers what a bundle is made of on this machine. */
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { lastWords, runCommand } from '../setup/command.mjs'
import { currentNode } from '../setup/node.mjs'
import { npmCommand } from '../setup/packages.mjs'
import { SetupProblem } from '../setup/problem.mjs'
import { filesIn } from './package-files.mjs'
import { isThisSystem } from './systems.mjs'

/**
 * @param {import('../setup/places.mjs').Places} places
 * @returns {Promise<{ commit: string, time: Date, isClean: boolean }>}
 */
export async function commitOf(places) {
  const [log, status] = await Promise.all([
    runCommand('git', ['log', '-1', '--format=%H %ct'], { cwd: places.root }),
    runCommand('git', ['status', '--porcelain'], { cwd: places.root }),
  ])
  const [commit = '', seconds = ''] = log.stdout.trim().split(' ')
  if (!log.ok || !status.ok || !/^\d+$/.test(seconds)) {
    throw new SetupProblem(
      'no-commit',
      `git names no commit here. ${lastWords(log, 1)}`,
      'Make the bundle in a clone of the repository.',
    )
  }
  return { commit, time: new Date(Number(seconds) * 1000), isClean: status.stdout === '' }
}

/**
 * The packages of a system, fetched by npm, which checks each against package-lock.json and runs none of their scripts.
 * This machine has its own.
 * @param {import('../setup/places.mjs').Places} places
 * @param {import('./systems.mjs').System} system
 * @param {import('../setup/report.mjs').Report} report
 * @returns {Promise<(locked: { path: string }) => string>} the folder of a package
 */
export async function providePackages(places, system, report) {
  if (isThisSystem(system)) return ({ path }) => join(places.root, ...path.split('/'))
  const folder = join(places.cache, 'bundle', system.name)
  const step = report.step(`npm packages for ${system.name}`)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const file of ['package.json', 'package-lock.json'])
    copyFileSync(join(places.root, file), join(folder, file))
  // npm's rules of the project, without its set-up.
  writeFileSync(join(folder, '.npmrc'), 'audit=false\nfund=false\nengine-strict=false\n')
  const npm = npmCommand()
  const parameters = [
    'ci',
    '--omit=dev',
    '--ignore-scripts',
    `--os=${system.platform}`,
    `--cpu=${system.arch}`,
  ]
  if (system.libc !== null) parameters.push(`--libc=${system.libc}`)
  const result = await runCommand(npm.program, [...npm.before, ...parameters], {
    cwd: folder,
    shell: npm.shell,
    onTick: () => step.working('npm ci'),
  })
  if (!result.ok) {
    step.fail('npm ci failed')
    throw new SetupProblem(
      'npm-ci-failed',
      `npm could not fetch the packages.\n${lastWords(result)}`,
      'Check the network, then start again.',
    )
  }
  step.done()
  return ({ path }) => join(folder, ...path.split('/'))
}

/**
 * The sample line, which takes a minute to write and is kept until what writes it changes.
 * @param {import('../setup/places.mjs').Places} places
 * @param {import('../setup/report.mjs').Report} report
 * @returns {Promise<string>} its folder
 */
export async function provideSampleLine(places, report) {
  const writer = join(places.root, 'src', 'main', 'features', 'sample')
  const hash = createHash('sha256').update(readFileSync(places.lockfile))
  for (const file of filesIn(writer).sort()) hash.update(file).update(readFileSync(join(writer, file)))
  const folder = join(places.cache, 'bundle', `sample-line-${hash.digest('hex').slice(0, 16)}`)
  if (existsSync(folder)) return folder
  const partial = `${folder}.${process.pid}.part`
  const step = report.step('write the sample line')
  const cli = join(places.out, 'main', 'cli.js')
  const result = await runCommand(currentNode(places), [cli, 'sample', partial, '--json'], {
    onTick: () => step.working('fanoscope sample'),
  })
  if (!result.ok)
    throw new SetupProblem('sample-failed', lastWords(result), 'Run npm run build, then start again.')
  renameSync(partial, folder)
  step.done()
  return folder
}
