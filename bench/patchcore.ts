/**
 * Scoring with `memory` beside PyTorch with anomalib's PatchCore, from the file of a photograph to its score and its
 * map in full size, with the same backbone and the same banks:
 *
 *     node bench/patchcore.ts --dataset ../shared/data/magnetic-tile [--photographs 60] [--rounds 5] [--seed 1]
 *                             [--workspace DIR]
 *
 * The run is trained once and kept in the workspace. Both sides score the same test photographs in turn, one after the
 * other as a camera gives them; PyTorch with the number of threads that is faster. Times are taken on the wall and, for
 * machines that have other work, of the processor. The scores of both are compared,
 * and so is what they are worth (image AUROC over those photographs). Prints one JSON document.
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import type { EngineImage } from '../src/main/engine/protocol.ts'
import { scoreImages } from '../src/main/engine/scoring/score-images.ts'
import { systemNamed } from '../src/main/engine/systems/registry.ts'
import { engineFlags } from '../src/main/engine-host/child-process.ts'
import { exportModel } from '../src/main/features/export/export-model.ts'
import { auroc } from '../src/main/metrics/auroc.ts'
import { readModel } from '../src/main/model/model-file.ts'
import { listImagesInBatches } from '../src/main/store/images.ts'
import { runFolder } from '../src/main/store/runs.ts'
import { median } from './measure.ts'
import { pythonEnvironment } from './pytorch/environment.ts'
import { benchSession, commonOptions, importedOnce, say, trained } from './quality-runs.ts'

const { values } = parseArgs({
  options: {
    dataset: commonOptions.dataset,
    workspace: commonOptions.workspace,
    photographs: { type: 'string', default: '60' },
    rounds: { type: 'string', default: '5' },
    seed: { type: 'string', default: '1' },
  },
})

const evidenceSchema = z.array(z.tuple([z.number(), z.number()]))
const answerSchema = z.object({ scores: evidenceSchema, seconds: z.number(), processor: z.number() })
type Evidence = z.infer<typeof evidenceSchema>
type Side = (images: readonly EngineImage[]) => Promise<z.infer<typeof answerSchema>>

/** A PyTorch process with so many threads. */
async function pytorch(folder: string, config: Record<string, unknown>, threads: number) {
  const { python, environment } = await pythonEnvironment(say)
  const parameters = ['--scale', String(config.featureScale), '--channels', String(config.channels)]
  const child = spawn(
    python,
    [join(import.meta.dirname, 'pytorch/patchcore.py'), folder, ...parameters, '--threads', String(threads)],
    { env: environment, stdio: ['pipe', 'pipe', 'inherit'] },
  )
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const answer = async (): Promise<unknown> => {
    const { value, done } = await lines.next()
    if (done) throw new Error('PyTorch ended.')
    return JSON.parse(value)
  }
  const { version } = z.object({ version: z.string() }).parse(await answer())
  const score: Side = async (images) => {
    child.stdin.write(`${JSON.stringify({ files: images.map(({ file }) => file) })}\n`)
    return answerSchema.parse(await answer())
  }
  return { version, score, close: () => child.kill() }
}

/** Our engine, in this process, which has Node's flags of the engine. */
async function ours(folder: string): Promise<Side> {
  const { scorer, mode, overlap } = systemNamed('memory').load(await readModel(folder), 1)
  return async (images) => {
    const start = performance.now()
    const before = process.cpuUsage()
    const scores: Evidence = []
    for await (const picture of scoreImages(images, { scorer, mode, overlap })) {
      if ('why' in picture) throw new Error(JSON.stringify(picture.why))
      const [local = Number.NaN, all = Number.NaN] = picture.components
      scores.push([local, all])
    }
    const { user, system } = process.cpuUsage(before)
    return { scores, seconds: (performance.now() - start) / 1000, processor: (user + system) / 1e6 }
  }
}

if (!engineFlags.every((flag) => process.execArgv.includes(flag))) {
  const { status } = spawnSync(process.execPath, [...engineFlags, ...process.argv.slice(1)], {
    stdio: 'inherit',
  })
  process.exit(status ?? 1)
}

const [dataset] = values.dataset
if (dataset === undefined) throw new Error('Name a dataset with --dataset.')
const session = benchSession(values.workspace)
const name = await importedOnce(session, dataset)
const { workspace } = session
const { db } = workspace
const run = await trained(session, {
  dataset: name,
  model: 'memory',
  preset: 'quick',
  seed: Number(values.seed),
  // PatchCore has no texture, which a memory of a surface learns besides.
  set: { texture: false },
})
const all = await listImagesInBatches(db, { datasetId: run.datasetId, split: 'test' })
const step = Math.max(1, all.length / Number(values.photographs))
const chosen = Array.from({ length: Math.min(all.length, Number(values.photographs)) }, (_, i) => {
  const image = all[Math.floor(i * step)]
  if (image === undefined) throw new RangeError('no photograph there')
  return image
})
const images: EngineImage[] = chosen.map(({ id, width, height, ...image }) => ({
  id,
  width,
  height,
  file: workspace.blobs.path(image.sha256, image.format),
  white: null,
}))
const folder = mkdtempSync(join(tmpdir(), 'fanoscope-patchcore-'))
const sides: Record<string, Side> = {}
const closers: (() => void)[] = []
try {
  await exportModel(workspace, { run: run.id, to: folder })
  sides.ours = await ours(workspace.path(runFolder(run.id)))
  let version = ''
  for (const threads of new Set([1, availableParallelism()])) {
    const side = await pytorch(folder, run.config, threads)
    sides[`pytorch, ${threads} threads`] = side.score
    closers.push(side.close)
    version = side.version
  }
  const seconds: Record<string, number[]> = {}
  const processor: Record<string, number[]> = {}
  const scores: Record<string, Evidence> = {}
  // The first round warms up and is not counted.
  for (let round = 0; round <= Number(values.rounds); round++) {
    for (const [side, score] of Object.entries(sides)) {
      const found = await score(images)
      scores[side] = found.scores
      if (round === 0) continue
      seconds[side] = [...(seconds[side] ?? []), found.seconds]
      processor[side] = [...(processor[side] ?? []), found.processor]
    }
  }
  const perSecond = Object.fromEntries(
    Object.entries(seconds).map(([side, of]) => [side, images.length / median(of)]),
  )
  // Programs that share the machine take from the time on the wall, not from that of the processor.
  const processorMilliseconds = Object.fromEntries(
    Object.entries(processor).map(([side, of]) => [side, (1000 * median(of)) / images.length]),
  )
  const [first = 0, ...theirs] = Object.values(perSecond)
  const [ownTime = 0, ...theirTimes] = Object.values(processorMilliseconds)
  const labels = Uint8Array.from(chosen, ({ label }) => (label === 'anomalous' ? 1 : 0))
  const worth = Object.fromEntries(
    Object.entries(scores).map(([side, of]) => [
      side,
      auroc(
        Float64Array.from(of, (pair) => Math.max(...pair)),
        labels,
      ),
    ]),
  )
  const [own = [], ...others] = Object.values(scores)
  const differences = others.flatMap((other) =>
    other.flatMap((pair, i) => pair.map((value, k) => Math.abs(value - (own[i]?.[k] ?? Number.NaN)))),
  )
  const report = {
    photographs: images.length,
    pytorch: version,
    perSecond,
    ratio: first / Math.max(...theirs),
    processorMilliseconds,
    processorRatio: Math.min(...theirTimes) / ownTime,
    auroc: worth,
    largestDifference: Math.max(...differences),
  }
  process.stdout.write(`${JSON.stringify(report, null, 1)}\n`)
} finally {
  for (const close of closers) close()
  rmSync(folder, { recursive: true, force: true })
  await session.close()
}
