/**
 * Measures several inspection points at once, each with parts of two views: how many views a second are judged in
 * total, how evenly the points get on, and how far judging falls behind arrivals at a given rate.
 *
 *     node bench/points.ts [--points 4] [--parts 25] [--side 512] [--preset smoke] [--rate 10]
 *
 * `--rate`: views that come each second, of all points together. A model is trained on the sample line first, and judges
 * at every point. Prints one JSON document.
 */
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import { sessionHooks } from '../src/main/app/session-hooks.ts'
import { launchStandardEngine } from '../src/main/engine-host/standard-engine.ts'
import { importFolder } from '../src/main/features/import/import-folder.ts'
import { addInspectionPoint, changeInspectionPoint } from '../src/main/features/live/inspection-points.ts'
import { liveState, startLive, stopLive } from '../src/main/features/live/live.ts'
import { writeSampleLine } from '../src/main/features/sample/write.ts'
import { startTraining } from '../src/main/features/training/training.ts'
import { createEventHub } from '../src/main/platform/events.ts'
import { createRandom } from '../src/main/platform/random.ts'
import { openSession } from '../src/main/session/session.ts'
import { resultsAfter } from '../src/main/store/results.ts'

const { values } = parseArgs({
  options: {
    points: { type: 'string', default: '4' },
    parts: { type: 'string', default: '25' },
    side: { type: 'string', default: '512' },
    preset: { type: 'string', default: 'smoke' },
    rate: { type: 'string', default: '10' },
  },
})
const count = Number(values.points)
const parts = Number(values.parts)
const side = Number(values.side)
const rate = Number(values.rate)
const names = ['left', 'right']
const views = { pattern: '{part}_{view}', names, within: 60 }
const settings = { mostWaiting: null, views }

/** A photograph as a camera gives it: a surface with noise, no two the same. */
async function photograph(seed: number): Promise<Buffer> {
  const random = createRandom(seed, 'points')
  const samples = new Uint8Array(side * side)
  for (let i = 0; i < samples.length; i++) samples[i] = 110 + 40 * Math.sin((i % side) / 40) + random.int(12)
  const picture = sharp(samples, { raw: { width: side, height: side, channels: 1 } })
  return picture.toColourspace('b-w').png({ compressionLevel: 3 }).toBuffer()
}

const root = mkdtempSync(join(tmpdir(), 'fanoscope-points-'))
try {
  const events = createEventHub()
  const session = openSession({
    dir: join(root, 'workspace'),
    create: true,
    hooks: sessionHooks,
    launchEngine: launchStandardEngine,
    events,
  })
  const sample = join(root, 'sample')
  await writeSampleLine(sample, { seed: 1 })
  await importFolder(session.workspace, { folder: sample, dataset: 'sample' })
  const { job, run } = await startTraining(session, {
    dataset: 'sample',
    model: 'fanogan',
    preset: values.preset,
    seed: 1,
    set: { input: 'tiles' },
  })
  await session.jobs.ended(job)
  const points = Array.from({ length: count }, (_, i) => (i === 0 ? 'line' : `point ${i + 1}`))
  const folderOf = (point: string): string => join(root, point)
  changeInspectionPoint(session, { name: 'line', ...settings }, null)
  for (const point of points) {
    if (point !== 'line') addInspectionPoint(session, { name: point, ...settings }, null)
    mkdirSync(folderOf(point))
    startLive(session, { folder: folderOf(point), run, results: null, point })
  }
  /** From each point in turn, part by part. The first part is to load and warm the models. */
  const photographs: { from: string; to: string }[] = []
  const waiting = join(root, 'waiting')
  mkdirSync(waiting)
  for (let part = 0; part <= parts; part++) {
    for (const point of points) {
      for (const view of names) {
        const from = join(waiting, `${photographs.length}.png`)
        writeFileSync(from, await photograph(photographs.length))
        photographs.push({ from, to: join(folderOf(point), `${part}_${view}.png`) })
      }
    }
  }
  const judgedAt = (point: string): number => {
    const { arrived, waiting: open } = liveState(session, point)
    return arrived - open
  }
  const allJudged = async (wanted: number): Promise<void> => {
    while (points.some((point) => judgedAt(point) < wanted)) await pause(20)
  }
  const warm = names.length * count
  for (const { from, to } of photographs.slice(0, warm)) renameSync(from, to)
  await allJudged(names.length)
  const began = performance.now()
  const delays: number[] = []
  let mostBehind = 0
  const stop = events.on('live.judged', ({ arrivedAt, judgedAt: at }) => {
    if (at !== null) delays.push(at - arrivedAt)
    const behind = points.reduce((sum, point) => sum + liveState(session, point).waiting, 0)
    mostBehind = Math.max(mostBehind, behind)
  })
  let firstDone: number | null = null
  const watching = setInterval(() => {
    const isOneDone = points.some((point) => judgedAt(point) === names.length * (parts + 1))
    if (isOneDone) firstDone ??= performance.now() - began
  }, 20)
  for (const [i, { from, to }] of photographs.slice(warm).entries()) {
    const due = began + (i / rate) * 1000
    if (due > performance.now()) await pause(due - performance.now())
    renameSync(from, to)
  }
  const arrived = (performance.now() - began) / 1000
  await allJudged(names.length * (parts + 1))
  const seconds = (performance.now() - began) / 1000
  stop()
  clearInterval(watching)
  const results = points.map((point) => resultsAfter(session.workspace.db, point, 0, 10_000).length)
  for (const point of points) {
    const { job: live } = liveState(session, point)
    stopLive(session, point)
    await session.jobs.ended(live ?? '')
  }
  await session.close()
  delays.sort((a, b) => a - b)
  const all = photographs.length - warm
  const percentile = (share: number): number => delays[Math.floor((delays.length - 1) * share)] ?? 0
  process.stdout.write(
    `${JSON.stringify({
      points: count,
      partsEach: parts,
      side,
      preset: values.preset,
      arrivingPerSecond: all / arrived,
      judgedPerSecond: all / seconds,
      behindSeconds: seconds - arrived,
      mostViewsWaiting: mostBehind,
      delayMedian: percentile(0.5),
      delay99: percentile(0.99),
      firstPointDoneAt: firstDone === null ? null : firstDone / 1000 / seconds,
      resultsOfEachPoint: results,
    })}\n`,
  )
} finally {
  rmSync(root, { recursive: true, force: true })
}
