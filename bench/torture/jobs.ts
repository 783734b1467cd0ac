/** How each kind of job is started through a window. */
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { tinyValues } from '../../test/main/engine/tiny-training.ts'
import { numbered, photograph, writeFolder } from '../../test/main/features/import/photographs.ts'
import { type Place, pick } from './place.ts'
import type { Station } from './station.ts'

let used = 0
/** A number that nothing else of this run has. */
const another = (): number => {
  used += 1
  return used
}

type Start = (station: Station, place: Place) => Promise<string>

export const triedKinds = [
  'import',
  'train',
  'score',
  'live',
  'export',
  'verify',
  'duplicates',
  'sample',
  'backup',
  'choose',
  'curve',
] as const

export const jobStarts: Record<(typeof triedKinds)[number], Start> = {
  async import(station, place) {
    const n = another()
    const folder = join(place.folder, `more-${n}`)
    await writeFolder(folder, numbered('good', 40, 10_000 + n * 100))
    const { job } = await station.must('dataset.import', { folder, dataset: `more ${n}` })
    return job
  },
  train: async (station, { prepared: { dataset }, random }) =>
    (
      await station.must('train.start', {
        dataset,
        model: 'fanogan',
        preset: 'smoke',
        seed: random.int(1000),
        set: { ...tinyValues, checkpointEvery: 2, previewEvery: 4 },
      })
    ).job,
  score: async (station, { prepared: { run } }) =>
    (await station.must('run.score', { run, split: 'test', again: true })).job,
  async live(station, place) {
    const { live } = await liveOn(station, place)
    return live
  },
  async export(station, place) {
    const format = pick(place.random, [
      'csv',
      'parquet',
      'masks',
      'report',
      'package',
      'safetensors',
    ] as const)
    const to = join(place.folder, `export-${another()}${format === 'report' ? '.html' : ''}`)
    return (await station.must('export.start', { run: place.prepared.run, format, to })).job
  },
  verify: async (station) => (await station.must('workspace.verify', {})).job,
  duplicates: async (station, { prepared: { dataset } }) =>
    (await station.must('dataset.findDuplicates', { dataset })).job,
  sample: async (station) => (await station.must('sample.open', { seed: 100 + another() })).job,
  backup: async (station) => (await station.must('workspace.backup', {})).job,
  choose: async (station, { prepared: { run } }) =>
    (await station.must('choice.start', { runs: [run], photographs: 2, perType: 1 })).job,
  curve: async (station, { prepared: { dataset } }) =>
    (await station.must('curve.start', { dataset, counts: [4] })).job,
}

/** Watches a folder in which photographs arrive as a camera writes them. */
export async function liveOn(station: Station, place: Place): Promise<{ live: string; arrived: string[] }> {
  const folder = join(place.folder, 'camera')
  mkdirSync(folder, { recursive: true })
  const state = await station.must('live.start', { folder, run: place.prepared.run })
  const arrived: string[] = []
  const source = join(place.folder, 'arriving.png')
  for (let i = 0; i < 12; i += 1) {
    const n = another()
    await writeFolder(place.folder, { 'arriving.png': await photograph(500_000 + n) })
    copyFileSync(source, join(folder, `${n}.png`))
    arrived.push(`${n}.png`)
  }
  return { live: state.job ?? '', arrived }
}

/** A watch goes on with the next start, and the engine works for it alone: this ends it. */
export async function endWatch(station: Station): Promise<void> {
  const { job } = await station.must('live.state', {})
  if (job === null) return
  await station.must('live.stop', {})
  await station.ended(job)
}
