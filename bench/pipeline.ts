/**
 * From JPEG files to rows and maps in the store, as the program does it, beside what the engine alone would score:
 * the same tiles through the same graph, and as many photographs compared with good texture, with nothing to read,
 * blend or write.
 */

import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { z } from 'zod'
import { sessionHooks } from '../src/main/app/session-hooks.ts'
import { scoringBatch } from '../src/main/engine/scoring/batch-size.ts'
import { systemNamed } from '../src/main/engine/systems/registry.ts'
import { launchStandardEngine } from '../src/main/engine-host/standard-engine.ts'
import { importFolder } from '../src/main/features/import/import-folder.ts'
import { writeSampleLine } from '../src/main/features/sample/write.ts'
import { scoreSummarySchema } from '../src/main/features/scoring/score-job.ts'
import { startScoring } from '../src/main/features/scoring/scoring.ts'
import { startTraining } from '../src/main/features/training/training.ts'
import { readModel } from '../src/main/model/model-file.ts'
import { createEventHub } from '../src/main/platform/events.ts'
import { createRandom } from '../src/main/platform/random.ts'
import { openSession, type Session } from '../src/main/session/session.ts'
import { runFolder } from '../src/main/store/runs.ts'
import { elementAt } from '../src/shared/element-at.ts'
import { median } from './measure.ts'
import { peakBytes, processorSeconds } from './process-figures.ts'

interface PipelineOptions {
  photographs: number
  /** Side of a photograph in pixels. */
  side: number
  /** Filters of the networks' first layer. */
  width: number
  rounds: number
}

export interface PipelineFigures extends PipelineOptions {
  tilesPerPhotograph: number
  /** Photographs a second. */
  cold: number
  warm: number
  engineAlone: number
  /** `warm` over `engineAlone`, the median of the rounds. */
  share: number
  /** Seconds of processor time for each photograph, in all processes. */
  processorSeconds: { pipeline: number; engineAlone: number }
  /** Largest resident memory of the engine's process in bytes; null where the system does not tell. */
  engineBytes: number | null
}

/** Different photographs of a few synthetic parts: each its own exposure and its own noise. */
async function writePhotographs(folder: string, count: number, side: number): Promise<void> {
  const line = join(folder, 'line')
  await writeSampleLine(line, { trainCount: 24, testGoodCount: 0, perDefectCount: 0 })
  const parts = readdirSync(join(line, 'train', 'good')).map((name) => join(line, 'train', 'good', name))
  for (const split of ['train', 'test'])
    mkdirSync(join(folder, 'photographs', split, 'good'), { recursive: true })
  const random = createRandom(1, 'photographs')
  const noise = random.fillNormal(new Float32Array(side * side))
  for (const [i, part] of Array.from(
    { length: count + parts.length },
    (_, n) => parts[n % parts.length],
  ).entries()) {
    const { data } = await sharp(part)
      .resize(side, side)
      .toColourspace('b-w')
      .raw()
      .toBuffer({ resolveWithObject: true })
    const from = random.int(noise.length)
    const gain = 0.95 + 0.1 * random.uniform()
    const samples = Uint8ClampedArray.from(
      data,
      (value, at) => gain * value + 2 * elementAt(noise, (from + at) % noise.length, 'Noise'),
    )
    const split = i < parts.length ? 'train' : 'test'
    const jpeg = sharp(samples, { raw: { width: side, height: side, channels: 1 } })
      .toColourspace('b-w')
      .jpeg({ quality: 92 })
    writeFileSync(join(folder, 'photographs', split, 'good', `${i}.jpg`), await jpeg.toBuffer())
  }
  rmSync(line, { recursive: true })
}

/** Photographs a second of the engine alone, on tiles and pictures that are there already, and the processor time. */
async function engineAlone(folder: string, options: PipelineOptions, tiles: number) {
  const stored = await readModel(folder)
  const { scorer } = systemNamed(stored.description.model).load(
    stored,
    scoringBatch(stored.description.config),
  )
  const { batch, size, channels } = scorer
  const random = createRandom(1)
  const x = random.fillUniform(new Float32Array(batch * size * size * channels))
  const scale = z.number().parse(stored.description.config.scale)
  const side = Math.round(options.side * scale)
  const picture = {
    data: random.fillUniform(new Float32Array(side * side * channels)),
    width: side,
    height: side,
    channels,
  }
  const seen = {
    photograph: picture,
    reconstruction: picture,
    inside: null,
    insideAt: () => null,
    forFeatures: null,
  }
  scorer.score(x)
  const calls = Math.ceil((options.photographs * tiles) / batch)
  return {
    run() {
      const before = process.cpuUsage()
      const start = performance.now()
      for (let i = 0; i < calls; i++) scorer.score(x)
      for (let i = 0; i < options.photographs; i++) {
        for (const measured of scorer.ofPhotograph ?? []) measured.measure(seen)
      }
      const seconds = (performance.now() - start) / 1000
      const { user, system } = process.cpuUsage(before)
      const photographs = (calls * batch) / tiles
      return { rate: photographs / seconds, processor: (user + system) / 1e6 / photographs }
    },
    dispose: () => scorer.dispose(),
  }
}

const tilesOf = ({ workspace: { db } }: Session, run: string): number =>
  db.get(z.object({ tiles: z.int() }), 'SELECT sum(tiles) AS tiles FROM score WHERE run_id = $run', { run })
    ?.tiles ?? 0

async function scored(session: Session, run: string, pid: () => number | undefined) {
  const [own, engine] = [process.cpuUsage(), processorSeconds(pid())]
  const job = await session.jobs.ended(startScoring(session, { run, split: 'test', again: true }).job)
  const summary = scoreSummarySchema.parse(job.result)
  const { user, system } = process.cpuUsage(own)
  const processor = ((user + system) / 1e6 + processorSeconds(pid()) - engine) / summary.images
  return { rate: summary.imagesPerSecond, processor }
}

export async function measurePipeline(options: PipelineOptions): Promise<PipelineFigures> {
  const { photographs, side, width, rounds } = options
  const folder = mkdtempSync(join(tmpdir(), 'fanoscope-pipeline-'))
  let pid: number | undefined
  const session = openSession({
    dir: join(folder, 'workspace'),
    create: true,
    hooks: sessionHooks,
    events: createEventHub(),
    launchEngine(onOutput) {
      const channel = launchStandardEngine(onOutput)
      pid = channel.pid
      return channel
    },
  })
  try {
    await writePhotographs(folder, photographs, side)
    await importFolder(session.workspace, { folder: join(folder, 'photographs'), dataset: 'parts' })
    const set = { width, ganSteps: 2, encoderSteps: 2, discriminatorSamples: 16, input: 'tiles' }
    const started = await startTraining(session, {
      dataset: 'parts',
      model: 'fanogan',
      preset: 'quick',
      seed: 1,
      set,
    })
    const trained = await session.jobs.ended(started.job)
    if (trained.state !== 'done') throw new Error(JSON.stringify(trained.failure))
    const { run } = started
    const runDir = session.workspace.path(runFolder(run))
    // A new process: TensorFlow has to be loaded and the graph compiled.
    await session.supervisor.stop()
    const cold = await scored(session, run, () => pid)
    const tiles = tilesOf(session, run) / photographs
    const alone = await engineAlone(runDir, options, tiles)
    const pairs = []
    for (let round = 0; round < rounds; round++) {
      pairs.push({ engine: alone.run(), pipeline: await scored(session, run, () => pid) })
    }
    alone.dispose()
    return {
      ...options,
      tilesPerPhotograph: tiles,
      cold: cold.rate,
      warm: median(pairs.map(({ pipeline }) => pipeline.rate)),
      engineAlone: median(pairs.map(({ engine }) => engine.rate)),
      share: median(pairs.map(({ engine, pipeline }) => pipeline.rate / engine.rate)),
      processorSeconds: {
        pipeline: median(pairs.map(({ pipeline }) => pipeline.processor)),
        engineAlone: median(pairs.map(({ engine }) => engine.processor)),
      },
      engineBytes: peakBytes(pid),
    }
  } finally {
    await session.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
