/**
 * How long an engine that has just started takes to the first score, with and without the graph that the run
 * keeps:
 *
 *     node bench/cold-start.ts [--preset quick] [--rounds 5]
 *
 * A model of the preset's size is trained for two steps first. Every start is a new process; the two ways take
 * turns. Prints one JSON document: medians in milliseconds on the wall, and of the engine's processor time.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { EngineTask, TaskMessage } from '../src/main/engine/protocol.ts'
import { resolveConfig } from '../src/main/model/catalog.ts'
import { compiledFolder } from '../src/main/model/run-folder.ts'
import { type MeasuredEngine, withFreshEngine } from './engine-process.ts'
import { median } from './measure.ts'
import { writeNoise } from './noise.ts'
import { processorSeconds } from './process-figures.ts'

const { values } = parseArgs({
  options: { preset: { type: 'string', default: 'quick' }, rounds: { type: 'string', default: '5' } },
})
const side = 256

/** Does a task in an engine of its own. `hear` may answer its messages; what counts is when it has what it waits for. */
const inFreshEngine = (
  task: EngineTask,
  hear: (message: TaskMessage, engine: MeasuredEngine['engine']) => boolean = () => false,
) =>
  withFreshEngine(async ({ engine, pid }) => {
    await engine.start()
    const [began, before] = [performance.now(), processorSeconds(pid())]
    let taken = { wall: Number.NaN, processor: Number.NaN }
    const outcome = await engine.run(task, (message) => {
      if (!hear(message, engine)) return
      taken = {
        wall: performance.now() - began,
        processor: 1000 * (processorSeconds(pid()) - before),
      }
    })
    if (outcome.kind === 'failed') throw new Error(JSON.stringify(outcome))
    return taken
  })

const root = mkdtempSync(join(tmpdir(), 'fanoscope-cold-start-'))
try {
  const images = await writeNoise(join(root, 'photographs'), { purpose: 'cold start', side, count: 8 })
  const folder = join(root, 'run')
  const set = { ganSteps: 2, encoderSteps: 2, discriminatorSamples: 16 }
  const { config } = resolveConfig({ model: 'fanogan', preset: values.preset, set })
  const run = { run: 'cold', folder }
  await inFreshEngine({
    ...run,
    kind: 'train',
    task: 'train',
    model: 'fanogan',
    config,
    seed: 1,
    resume: false,
    train: images.slice(0, 4),
    validation: images.slice(4),
  })
  const kept = join(folder, compiledFolder)
  const one = images.slice(0, 1)
  const ways = {
    /** From the task to the row of its only photograph, as `score` does it. */
    score: () =>
      inFreshEngine(
        { ...run, kind: 'score', task: 'score', images: one, maps: true },
        ({ type }) => type === 'scored',
      ),
    /** From the task to the row of the first part, which is there already, as the live screen does it. */
    live: () =>
      inFreshEngine(
        { ...run, kind: 'score', task: 'live', images: [], maps: true, stream: true },
        (message, engine) => {
          // The first word says that the model is loaded.
          if (message.type === 'progress' && message.done === 0) engine.feed('live', one)
          if (message.type !== 'scored') return false
          engine.cancel('live')
          return true
        },
      ),
  }
  const samples: Record<string, { wall: number; processor: number }[]> = {}
  let bytes = 0
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const [name, run] of Object.entries(ways)) {
      rmSync(kept, { recursive: true, force: true })
      const compiled = await run()
      bytes = Math.max(bytes, ...readdirSync(kept).map((file) => statSync(join(kept, file)).size))
      for (const [way, taken] of [
        ['compiled', compiled],
        ['kept', await run()],
      ] as const) {
        samples[`${name}, ${way}`] = [...(samples[`${name}, ${way}`] ?? []), taken]
      }
    }
  }
  const figures = Object.fromEntries(
    Object.entries(samples).map(([name, list]) => [
      name,
      {
        wall: Math.round(median(list.map(({ wall }) => wall))),
        fastest: Math.round(Math.min(...list.map(({ wall }) => wall))),
        processor: Math.round(median(list.map(({ processor }) => processor))),
      },
    ]),
  )
  process.stdout.write(`${JSON.stringify({ preset: values.preset, config, bytes, figures }, null, 2)}\n`)
} finally {
  rmSync(root, { recursive: true, force: true })
}
