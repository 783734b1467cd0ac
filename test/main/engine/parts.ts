/** Small seeded photographs of parts, and trainings on them that take a second. */

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import type { z } from 'zod'
import type { EngineImage, ScoredImage, ScoreTask, TrainTask } from '../../../src/main/engine/protocol.ts'
import { systemNamed } from '../../../src/main/engine/systems/registry.ts'
import { TaskControl } from '../../../src/main/engine/task-control.ts'
import { scoreTask } from '../../../src/main/engine/tasks/score-task.ts'
import type { TrainingContext } from '../../../src/main/engine/training/context.ts'
import { type FanoganConfig, fanoganConfigSchema } from '../../../src/main/model/systems/fanogan/config.ts'
import { createRandom } from '../../../src/main/platform/random.ts'
import { tinyValues } from './tiny-training.ts'

export interface PartOptions {
  width?: number
  height?: number
  channels?: 1 | 3
  /** A bright square in the middle. */
  defect?: boolean
}

/** A PNG of a disk on a shaded ground with noise; only this number gives this one. */
export function partPicture(number: number, options: PartOptions = {}): Promise<Buffer> {
  const { width = 32, height = 32, channels = 1, defect = false } = options
  const random = createRandom(number, 'part')
  const shade = 60 + random.int(20)
  const samples = Uint8Array.from({ length: width * height * channels }, (_, i) => {
    const x = (Math.floor(i / channels) % width) / width - 0.5
    const y = Math.floor(i / channels / width) / height - 0.5
    const disk = Math.hypot(x, y) < 0.3 ? 80 : 0
    const square = defect && Math.abs(x) < 0.15 && Math.abs(y) < 0.15 ? 90 : 0
    return Math.min(255, shade + 40 * x + disk + square + random.int(12) + 10 * (i % channels))
  })
  const picture = sharp(samples, { raw: { width, height, channels } })
  return (channels === 1 ? picture.toColourspace('b-w') : picture).png({ compressionLevel: 1 }).toBuffer()
}

/** Writes parts number `first` and on into a folder, as the engine is told of them. */
export async function writeParts(
  folder: string,
  count: number,
  options: PartOptions & { first?: number } = {},
): Promise<EngineImage[]> {
  const { first = 1, width = 32, height = 32 } = options
  mkdirSync(folder, { recursive: true })
  const images: EngineImage[] = []
  for (let id = first; id < first + count; id++) {
    const file = join(folder, `${id}.png`)
    writeFileSync(file, await partPicture(id, options))
    images.push({ id, file, width, height, white: null })
  }
  return images
}

export const tinyConfig = (set: z.input<typeof fanoganConfigSchema> = {}): FanoganConfig =>
  fanoganConfigSchema.parse({ ...tinyValues, ...set })

export interface TinyTask {
  folder: string
  train: EngineImage[]
  validation: EngineImage[]
  seed?: number
  resume?: boolean
  set?: z.input<typeof fanoganConfigSchema>
}

export const trainingOf = ({
  folder,
  train,
  validation,
  seed = 1,
  resume = false,
  set,
}: TinyTask): TrainTask => ({
  kind: 'train',
  task: 'training',
  run: 'r-1',
  folder,
  model: 'fanogan',
  config: tinyConfig(set),
  seed,
  resume,
  train,
  validation,
})

/** Trains in this process. `listeners` hear what the engine would tell main. */
export function train(
  task: TrainTask,
  listeners: Partial<TrainingContext> = {},
): ReturnType<ReturnType<typeof systemNamed>['train']> {
  return systemNamed(task.model).train(trainingContext(task, listeners))
}

/** What a training is given where nobody listens but these. */
export function trainingContext(task: TrainTask, listeners: Partial<TrainingContext> = {}): TrainingContext {
  const silent = (): void => undefined
  return {
    task,
    control: new TaskControl(),
    plan: silent,
    progress: silent,
    points: silent,
    preview: silent,
    checkpoint: silent,
    paused: silent,
    continued: silent,
    log: silent,
    ...listeners,
  }
}

/** A listener that keeps what a training says to a person: all but what is for whoever looks for a fault. */
export const keptIn =
  (said: string[]): TrainingContext['log'] =>
  (level, message) =>
    void (level !== 'debug' && said.push(message))

/** Scores in this process. */
export async function score(
  folder: string,
  images: EngineImage[],
  options: {
    maps?: boolean
    control?: TaskControl
    done?: (images: number) => void
    log?: (level: string, message: string) => void
  } = {},
): Promise<{ rows: ScoredImage[]; result: Awaited<ReturnType<typeof scoreTask>> }> {
  const { maps = true, control = new TaskControl(), done = () => undefined, log = () => undefined } = options
  const task: ScoreTask = { kind: 'score', task: 'scoring', run: 'r-1', folder, images, maps }
  const rows: ScoredImage[] = []
  const result = await scoreTask({
    task,
    control,
    progress: done,
    rows: (more) => rows.push(...more),
    room: async () => undefined,
    paused: () => undefined,
    due: async () => undefined,
    fed: () => null,
    round: (work) => work(),
    exchanged: () => undefined,
    log,
    refused: () => undefined,
    continued: () => undefined,
  })
  return { rows, result }
}
