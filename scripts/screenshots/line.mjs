/**
 * The workspace that the pictures are made of: the sample line after some days of work. It is told as a story with
 * moments at which there is something to see that is gone later.
 */
import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { currentNode } from '../setup/node.mjs'
import { placesIn, projectRoot } from '../setup/places.mjs'

/** @typedef {import('./station.mjs').Station} Station */
/** @typedef {'empty' | 'imported' | 'training' | 'watching' | 'ready'} Moment */
/** Is told each moment, and says whether the story goes on. @typedef {(moment: Moment, run: string) => Promise<boolean>} At */
/** @typedef {{ decision: 'accept' | 'reject' | 'unsure', defectType: string | null, note: string }} Opinion */

const places = placesIn(projectRoot)
export const firstOperator = 'Mei Lin'
export const photographsName = 'figure'
const secondOperator = 'Tom Berg'
/** Real photographs, where a machine has them: 550 x 380, in color (CC BY-SA 4.0, see the guide). */
const photographs = join(places.root, '..', 'shared', 'data', 'molded-figure')

/**
 * Enough of `quick` for heat maps that show what they should, in about a minute on two cores.
 * @type {Record<string, Record<string, number>>}
 */
const shortened = {
  quick: {
    width: 16,
    ganSteps: 1200,
    encoderSteps: 1600,
    average: 0.995,
    validateEvery: 100,
    checkpointEvery: 400,
    previewEvery: 100,
  },
}

/**
 * Writes the synthetic line.
 * @param {string} folder
 * @param {string[]} options
 * @returns {Promise<void>}
 */
function writeSample(folder, ...options) {
  return new Promise((resolve, reject) => {
    const child = spawn(
      currentNode(places),
      [join(places.root, 'src', 'main', 'cli.ts'), 'sample', folder, ...options, '--json'],
      { cwd: places.root, stdio: ['ignore', 'ignore', 'inherit'] },
    )
    child.on('error', reject)
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`fanoscope sample ended with ${code}`)),
    )
  })
}

/** @param {string} folder @param {string} file @param {string} under */
const filesIn = (folder, file, under) =>
  readdirSync(join(folder, under)).map((name) => ({ from: join(folder, under, name), to: `${file}${name}` }))

const numberOf = (/** @type {string} */ file) => Number(/part-(\d+)/.exec(file)?.[1])

/**
 * The photographs of two days that a camera writes, in the order of the line: mostly good parts. They go on after
 * those of the sample, on the same fixture and with the same camera: a model is right to flag what lies on another.
 * @param {string} folder
 */
async function camera(folder) {
  const parts = join(folder, 'next days')
  await writeSample(parts, ...'--train 330 --test-good 80 --per-defect 8'.split(' '))
  const known = readdirSync(join(folder, 'sample'), { recursive: true, encoding: 'utf8' })
  const last = Math.max(...known.flatMap((file) => numberOf(file) || []))
  const isNext = (/** @type {{ to: string }} */ { to }) => numberOf(to) > last
  const good = [
    ...filesIn(parts, '', join('train', 'good')).filter(isNext).slice(0, 26),
    ...filesIn(parts, 'late_', join('test', 'good')).filter(isNext).slice(0, 4),
  ]
  const defects = readdirSync(join(parts, 'test'))
    .filter((name) => name !== 'good')
    .flatMap((name) => filesIn(parts, `${name}_`, join('test', name)).filter(isNext).slice(0, 2))
  return { good, defects: defects.slice(0, 5) }
}

/**
 * A delivery as it comes: with files that are no photographs, and one twice.
 * @param {string} folder
 * @param {number} seed
 */
export async function writeDelivery(folder, seed) {
  await writeSample(folder, ...`--seed ${seed} --train 24 --test-good 6 --per-defect 2`.split(' '))
  const good = join(folder, 'train', 'good')
  const [first = '', second = ''] = readdirSync(good).sort()
  cpSync(join(good, first), join(good, 'copy of the first.png'))
  cpSync(join(good, second), join(good, 'cut off.png'))
  truncateSync(join(good, 'cut off.png'), 900)
  writeFileSync(join(good, 'shift notes.png'), 'Camera 2 was cleaned at 10:40.\n')
}

/**
 * @param {Station} station
 * @param {string} folder
 * @param {string} preset
 * @param {At} at
 */
export async function workTheLine(station, folder, preset, at) {
  const { call, finish, jobUntil } = station
  const operator = firstOperator
  const parts = join(folder, 'sample')
  await writeSample(parts)
  await finish('dataset.import', { folder: parts, dataset: 'sample', hasDirection: true })
  if (existsSync(photographs))
    await finish('dataset.import', { folder: photographs, dataset: photographsName })
  await call('operator.signIn', { name: secondOperator })
  await station.signIn(firstOperator)

  if (!(await at('imported', ''))) return

  /** @type {{ id: string, name: string }[]} */
  const datasets = await call('dataset.list')
  const dataset = datasets.find(({ name }) => name === 'sample')?.id ?? ''
  // Defects in the validation split are what a threshold and a comparison are made on.
  const split = { validation: 0.25, test: 0.25, seed: 1, stratified: true, pattern: null }
  await call('dataset.split', { dataset, split, apply: true, operator })
  await finish('dataset.findDuplicates', { dataset })

  const set = shortened[preset] ?? {}
  const training = { dataset, model: 'fanogan', preset, seed: 1, set, operator }
  const { job, run } = await call('train.start', training)
  const half = await jobUntil(
    job,
    ({ state, progress }) =>
      state === 'done' || (progress?.phase === 'encoder' && progress.done > 0.7 * progress.total),
  )
  if (half.state !== 'done') {
    // It must not end while its pictures are taken.
    await call('job.pause', { job, operator })
    await jobUntil(job, ({ progress }) => progress?.paused === true)
  }
  if (!(await at('training', run))) return
  if (half.state !== 'done') await call('job.continue', { job, operator })
  await jobUntil(job, ({ state }) => state === 'done')
  for (const name of ['test', 'validation']) await finish('run.score', { run, split: name, operator })

  await decide(station, run)
  const settings = (await call('threshold.validation', { run })).settings
  const reasons = [
    ['percentile=99', 'First days, before defects were known'],
    ['fpr=0.03', 'Customer: at most 3 of 100 good parts may be flagged'],
  ]
  for (const [target, reason] of reasons) {
    const { threshold } = await call('threshold.choose', { run, target })
    await call('point.save', {
      run,
      name: 'Line 4',
      settings,
      threshold,
      target,
      operator,
      reason,
    })
  }
  await call('dataset.freeze', { dataset, frozen: true, operator })
  await call('threshold.measureRegions', { run })
  await call('model.promote', { run, operator, reason: 'First model of the line' })

  if (!(await watch(station, folder, run, at))) return

  const later = { run, version: null, start: 'warm', set: { ganSteps: 200, encoderSteps: 400 }, operator }
  const second = preset === 'quick' ? later : { ...later, set: {} }
  const again = await finish('retrain.start', second)
  for (const name of ['validation', 'test'])
    await finish('run.score', { run: again.run, split: name, operator })
  await finish('workspace.verify', {})
  await at('ready', run)
}

/**
 * Two operators in the first hour: what stands out most is decided, and rightly; about one part they disagree.
 * @param {Station} station
 * @param {string} run
 */
async function decide({ call }, run) {
  /** @type {{ items: { image: number, label: string, defectType: string | null }[] }} */
  const { items } = await call('review.queue', { run, split: 'test', limit: 500 })
  /** @param {typeof items[number]} item @param {string} operator @param {Partial<Opinion>} opinion @param {string} [view] */
  const say = ({ image, label, defectType }, operator, opinion, view = 'all') =>
    call('review.decide', {
      run,
      image,
      operator,
      decision: label === 'normal' ? 'accept' : 'reject',
      defectType,
      ...opinion,
      view,
    })
  for (const item of items.slice(0, 14)) await say(item, firstOperator, {})
  for (const item of items.slice(0, 5)) await say(item, secondOperator, {}, 'second')
  const [doubtful] = items.slice(5, 6)
  if (doubtful !== undefined)
    await say(
      doubtful,
      secondOperator,
      { decision: 'accept', defectType: null, note: 'Looks like dust to me' },
      'second',
    )
  for (const item of items.slice(20, 26)) await say(item, secondOperator, {})
}

/**
 * The camera writes, the live screen judges; the next day operators accept what was good, and keep half of it.
 * @param {Station} station
 * @param {string} folder
 * @param {string} run
 * @param {At} at
 * @returns {Promise<boolean>} whether the story goes on
 */
async function watch({ call }, folder, run, at) {
  const written = join(folder, 'camera 2')
  mkdirSync(written)
  const { good, defects } = await camera(folder)
  await call('live.start', {
    folder: written,
    run,
    results: join(folder, 'results'),
    operator: firstOperator,
  })
  const files = [...good.slice(0, 9), ...defects.slice(0, 2), ...good.slice(9, 22), ...defects.slice(2, 5)]
  for (const { from, to } of [...files, ...good.slice(22)]) cpSync(from, join(written, to))
  writeFileSync(join(written, 'half_written.png'), 'not a photograph')
  for (const until = Date.now() + 120_000; Date.now() < until; ) {
    const now = await call('live.state')
    if (now.good + now.flagged + now.refused > files.length + good.length - 22) break
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  const goesOn = await at('watching', run)
  await call('live.stop', { operator: firstOperator })
  if (!goesOn) return false

  /** @type {{ items: { image: number, file: string, label: string, split: string }[] }} */
  const { items } = await call('review.queue', { run, limit: 500, undecided: true })
  const names = new Set(good.map(({ to }) => to))
  const fresh = items.filter(({ file }) => names.has(file.split('/').at(-1) ?? ''))
  const accept = (/** @type {typeof items} */ some) =>
    Promise.all(
      some.map(({ image }) =>
        call('review.decide', { run, image, decision: 'accept', operator: firstOperator }),
      ),
    )
  await accept(fresh.slice(0, 12))
  const { base } = await call('curation.propose', { run })
  const reason = 'Good parts of the first day with camera 2'
  await call('curation.confirm', { run, base: base.id, operator: firstOperator, reason })
  await accept(fresh.slice(12))
  return true
}
