/** A whole training with a preset, as the program does it, beside the same training in PyTorch. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sessionHooks } from '../src/main/app/session-hooks.ts'
import type { Precision } from '../src/main/engine/graph/compile.ts'
import { precisionHere } from '../src/main/engine/graph/precision-here.ts'
import type { EngineImage } from '../src/main/engine/protocol.ts'
import { launchStandardEngine } from '../src/main/engine-host/standard-engine.ts'
import { importFolder } from '../src/main/features/import/import-folder.ts'
import { engineImage, trainingImages } from '../src/main/features/runs/training-images.ts'
import { writeSampleLine } from '../src/main/features/sample/write.ts'
import { startTraining } from '../src/main/features/training/training.ts'
import { toModelInput } from '../src/main/images/model-input.ts'
import { fanoganConfigSchema } from '../src/main/model/systems/fanogan/config.ts'
import { createEventHub } from '../src/main/platform/events.ts'
import { openSession } from '../src/main/session/session.ts'
import { findDataset } from '../src/main/store/datasets.ts'
import { findRun } from '../src/main/store/runs.ts'
import { peakBytes } from './process-figures.ts'
import { startPyTorch } from './pytorch/contestant.ts'
import type { PythonEnvironment } from './pytorch/environment.ts'

export interface TrainingFigures {
  preset: string
  ganSteps: number
  encoderSteps: number
  /** What our training multiplied; PyTorch's is in float32. */
  precision: Precision
  /** Seconds of the two stages, from the start of an engine to the last step. */
  ours: number
  /** Seconds after them in which our scores are learned and calibrated, which has no counterpart in PyTorch. */
  oursAfter: number
  pytorch: number | null
  /** Largest resident memory of the engine, in bytes; null where the system does not tell. */
  engineBytes: number | null
}

interface TrainingOptions {
  /** Steps of each stage; null for those of the preset. */
  steps: number | null
  threads: number
  python: PythonEnvironment | null
}

/** Float32 pictures [N, 1, side, side] as NumPy's file format, version 1.0. */
async function writeNumpy(file: string, images: readonly EngineImage[], scale: number): Promise<void> {
  const pictures = []
  for (const { file: path, white } of images) {
    const options = { channels: 1, resize: 'scale', scale } as const
    pictures.push(await toModelInput(path, white === null ? options : { ...options, white }))
  }
  const [first] = pictures
  if (first === undefined) throw new RangeError('there are no pictures')
  const shape = `(${pictures.length}, 1, ${first.height}, ${first.width})`
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': ${shape}, }`
  const padded = `${header.padEnd(Math.ceil((header.length + 11) / 64) * 64 - 11)}\n`
  const preamble = Buffer.from([
    0x93,
    0x4e,
    0x55,
    0x4d,
    0x50,
    0x59,
    1,
    0,
    padded.length & 255,
    padded.length >> 8,
  ])
  const data = pictures.map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength))
  writeFileSync(file, Buffer.concat([preamble, Buffer.from(padded, 'latin1'), ...data]))
}

export async function measureTraining({ steps, threads, python }: TrainingOptions): Promise<TrainingFigures> {
  const preset = 'quick'
  const folder = mkdtempSync(join(tmpdir(), 'fanoscope-training-'))
  let pid: number | undefined
  let trained: number | undefined
  const events = createEventHub()
  events.on('job.changed', ({ progress }) => {
    // The first word of what follows the stages.
    const phase = progress?.phase
    if (typeof phase === 'string' && !['gan', 'encoder'].includes(phase)) trained ??= performance.now()
  })
  const session = openSession({
    dir: join(folder, 'workspace'),
    create: true,
    hooks: sessionHooks,
    events,
    launchEngine(onOutput) {
      const channel = launchStandardEngine(onOutput)
      pid = channel.pid
      return channel
    },
  })
  try {
    const { workspace } = session
    await writeSampleLine(join(folder, 'line'), { testGoodCount: 0, perDefectCount: 0 })
    await importFolder(workspace, { folder: join(folder, 'line'), dataset: 'parts' })
    const shortened = steps === null ? {} : { ganSteps: steps, encoderSteps: steps }
    const set = { ...shortened, input: 'tiles', discriminatorSamples: 64 }
    const { job, run } = await startTraining(session, {
      dataset: 'parts',
      model: 'fanogan',
      preset,
      seed: 1,
      set,
    })
    const started = performance.now()
    const ended = await session.jobs.ended(job)
    if (ended.state !== 'done') throw new Error(JSON.stringify(ended.failure))
    const stagesEnded = trained ?? performance.now()
    const ours = (stagesEnded - started) / 1000
    const oursAfter = (performance.now() - stagesEnded) / 1000
    const config = fanoganConfigSchema.parse(findRun(workspace.db, run).config)
    const engineBytes = peakBytes(pid)
    const figures = {
      preset,
      ganSteps: config.ganSteps,
      encoderSteps: config.encoderSteps,
      precision: precisionHere(config.trainingPrecision),
      ours,
      oursAfter,
      engineBytes,
    }
    if (python === null) return { ...figures, pytorch: null }

    await session.supervisor.stop()
    const { train, validation } = await trainingImages(workspace, findDataset(workspace.db, 'parts'))
    const files = { images: join(folder, 'images.npy'), validation: join(folder, 'validation.npy') }
    await writeNumpy(
      files.images,
      train.map((image) => engineImage(workspace, image, 255)),
      config.scale,
    )
    await writeNumpy(
      files.validation,
      validation.map((image) => engineImage(workspace, image, 255)),
      config.scale,
    )
    const pytorch = await startPyTorch({
      python,
      shape: config,
      batch: config.batch,
      threads: [threads],
      compile: false,
    })
    try {
      const validationTiles = Math.min(512, 4 * validation.length)
      const settings = { ...config, validationTiles }
      return { ...figures, pytorch: await pytorch.train({ ...files, seed: 1, threads, settings }) }
    } finally {
      pytorch.close()
    }
  } finally {
    await session.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
