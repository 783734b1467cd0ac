/**
 * Measures the largest resident memory of the engine while it scores many tiles, each number in a fresh engine:
 *
 *     node bench/memory.ts [--tiles 5000,50000] [--size 64] [--width 16] [--side 512]
 *
 * Prints one JSON document. `growth` is the largest figure over the smallest. The kernel's own record of a
 * process is read (VmHWM in /proc), so this needs Linux.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { tileGrid } from '../src/main/engine/data/geometry.ts'
import type { EngineTask, TaskKind } from '../src/main/engine/protocol.ts'
import type { TaskOutcome } from '../src/main/engine-host/supervisor.ts'
import { fanoganConfigSchema } from '../src/main/model/systems/fanogan/config.ts'
import { withFreshEngine } from './engine-process.ts'
import { writeNoise } from './noise.ts'

interface MemoryOptions {
  tiles: readonly number[]
  /** Side of a tile, filters of the first layer, side of a photograph in pixels. */
  size: 32 | 64 | 128
  width: number
  side: number
}

interface MemoryFigure {
  tiles: number
  images: number
  /** Largest resident memory of the engine's process, in bytes. */
  peakBytes: number
  seconds: number
}

const overlap = 0.5
/** The many that are scored are these few under other ids. */
const originals = 8

/** Largest resident memory that a process ever had, in bytes. */
function peakOf(pid: number): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) * 1024
}

/** Does one task in an engine of its own; answers with how it ended and what memory it took. */
function inFreshEngine<K extends TaskKind>(
  task: { kind: K } & EngineTask<K>,
): Promise<{ outcome: TaskOutcome<K>; peakBytes: number }> {
  return withFreshEngine(async ({ engine, pid }) => {
    const outcome = await engine.run<K>(task, () => undefined)
    const process = pid()
    if (!('result' in outcome) || process === undefined)
      throw new Error(`The engine did not end its task: ${JSON.stringify(outcome)}`)
    return { outcome, peakBytes: peakOf(process) }
  })
}

/** Figures for each number of tiles, in the order given. */
export async function measureMemory(options: MemoryOptions): Promise<MemoryFigure[]> {
  const { tiles: counts, size, width, side } = options
  const folder = mkdtempSync(join(tmpdir(), 'fanoscope-memory-'))
  try {
    const photographs = await writeNoise(join(folder, 'photographs'), {
      purpose: 'memory',
      side,
      count: originals,
    })
    const config = fanoganConfigSchema.parse({
      size,
      width,
      overlap,
      batch: 4,
      ganSteps: 1,
      criticSteps: 1,
      encoderSteps: 1,
      validateEvery: 1,
      discriminatorSamples: 16,
    })
    const run = { run: 'memory', folder: join(folder, 'run') }
    const [train, validation] = [photographs.slice(0, 4), photographs.slice(4)]
    await inFreshEngine({
      ...run,
      kind: 'train',
      task: 'train',
      model: 'fanogan',
      config,
      seed: 1,
      resume: false,
      train,
      validation,
    })

    const each = tileGrid(side, side, size, overlap).length
    const figures: MemoryFigure[] = []
    for (const count of counts) {
      const number = Math.ceil(count / each)
      const images = Array.from({ length: number }, (_, i) => photographs[i % originals])
        .filter((image) => image !== undefined)
        .map((image, i) => ({ ...image, id: i + 1 }))
      const { outcome, peakBytes } = await inFreshEngine({
        ...run,
        kind: 'score',
        task: 'score',
        images,
        maps: true,
      })
      const seconds = outcome.kind === 'scored' ? outcome.result.seconds : 0
      figures.push({ tiles: number * each, images: number, peakBytes, seconds })
      rmSync(join(run.folder, 'maps'), { recursive: true })
      rmSync(join(run.folder, 'reconstructions'), { recursive: true })
    }
    return figures
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      tiles: { type: 'string', default: '5000,50000' },
      size: { type: 'string', default: '64' },
      width: { type: 'string', default: '16' },
      side: { type: 'string', default: '512' },
    },
  })
  const options = {
    tiles: values.tiles.split(',').map(Number),
    size: fanoganConfigSchema.shape.size.parse(Number(values.size)),
    width: Number(values.width),
    side: Number(values.side),
  }
  const figures = await measureMemory(options)
  const peaks = figures.map(({ peakBytes }) => peakBytes)
  const growth = Math.max(...peaks) / Math.min(...peaks)
  process.stdout.write(`${JSON.stringify({ ...options, overlap, figures, growth }, null, 2)}\n`)
}
