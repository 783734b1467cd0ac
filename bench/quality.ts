/**
 * How well the systems find defects: imports, trains, scores and evaluates through the services of the command line,
 * for every dataset, system, preset and seed that is asked for, and writes the tables of `docs/methods.md`.
 *
 *     node bench/quality.ts --dataset ../shared/data/magnetic-tile --seeds 1,2,3 --write docs/methods.md
 *
 * Runs are kept in a workspace: what was measured before is not measured again, and a benchmark that was stopped
 * goes on. Nothing is chosen by what it measures; that is done on validation images, before.
 */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { scoreOptionsOf } from '../src/main/features/runs/score-options.ts'
import { evaluateRun } from '../src/main/features/scoring/evaluation.ts'
import { scoreSummarySchema } from '../src/main/features/scoring/score-job.ts'
import { startScoring } from '../src/main/features/scoring/scoring.ts'
import { auroc } from '../src/main/metrics/auroc.ts'
import { averagePrecision } from '../src/main/metrics/average-precision.ts'
import { listSystems } from '../src/main/model/catalog.ts'
import { imageScore, isScoreKind, scoresFrom } from '../src/main/model/scores.ts'
import type { Session } from '../src/main/session/session.ts'
import { findRun, setRunResult } from '../src/main/store/runs.ts'
import { iterateScores } from '../src/main/store/scores.ts'
import { type Split, splitSchema } from '../src/shared/image.ts'
import type { Run } from '../src/shared/run.ts'
import {
  benchSession,
  commonOptions,
  finished,
  importedOnce,
  list,
  nameOf,
  type Plan,
  parsedSet,
  planOptions,
  say,
  standardWorkspace,
  trained,
} from './quality-runs.ts'
import { betweenMarks, type QualityRun, qualityTables, runsOf } from './quality-tables.ts'

const help = `node bench/quality.ts [options]

  --dataset DIR     a folder to import; may be given several times
  --system LIST     systems (default: all of them)
  --preset LIST     presets (quick)
  --seeds LIST      seeds (1,2,3)
  --set KEY=VALUE   a parameter other than the preset has it; may be given several times
  --split SPLIT     images to measure on (test)
  --workspace DIR   where runs are kept (${standardWorkspace})
  --out DIR         writes quality.md and quality.json there
  --from FILE       adds the runs of a quality.json that was measured elsewhere; may be given several times
  --write FILE      puts the tables between the marks of this document
`

const { values } = parseArgs({
  options: {
    ...commonOptions,
    ...planOptions,
    system: { type: 'string' },
    split: { type: 'string', default: 'test' },
    from: { type: 'string', multiple: true, default: [] },
    write: { type: 'string' },
  },
})

const timeSchema = z.object({ millisecondsPerImage: z.number() })

/** Milliseconds for one image. They are kept with the run: a second scoring has nothing left to measure. */
async function scored(session: Session, run: Run, split: Split): Promise<number> {
  const { db } = session.workspace
  const { job } = startScoring(session, { run: run.id, split, again: false })
  const { images, seconds } = scoreSummarySchema.parse(await finished(session, job, 'scoring'))
  const kept = timeSchema.safeParse(run.result)
  if (kept.success && images === 0) return kept.data.millisecondsPerImage
  const millisecondsPerImage = images === 0 ? Number.NaN : (1000 * seconds) / images
  setRunResult(db, run.id, { ...run.result, millisecondsPerImage })
  return millisecondsPerImage
}

/** Image AUROC and AUPRC of one score from what scoring stored. */
function imageFigures(session: Session, run: Run, score: string, split: Split): QualityRun['scores'][string] {
  if (!isScoreKind(score)) return { imageAuroc: null, imageAuprc: null }
  const options = scoreOptionsOf(run, score)
  const scores: number[] = []
  const labels: number[] = []
  for (const { components, label } of iterateScores(session.workspace.db, run.id, { split })) {
    if (label === 'unlabeled') continue
    scores.push(imageScore(components, run.components ?? [], options))
    labels.push(Number(label === 'anomalous'))
  }
  const anomalous = labels.reduce((sum, label) => sum + label, 0)
  if (anomalous === 0 || anomalous === labels.length) return { imageAuroc: null, imageAuprc: null }
  return { imageAuroc: auroc(scores, labels), imageAuprc: averagePrecision(scores, labels) }
}

const resultSchema = z.object({ weightsSha256: z.string(), warnings: z.array(z.string()).default([]) })

async function measured(session: Session, plan: Plan, split: Split): Promise<QualityRun> {
  const before = await trained(session, plan)
  const millisecondsPerImage = await scored(session, before, split)
  const run = findRun(session.workspace.db, before.id)
  const evaluation = await evaluateRun(session.workspace, { run: run.id, score: null, split })
  // Those that its components allow: `texture` is stored only where a run learns it.
  const kinds = scoresFrom(run.components ?? [])
  const { weightsSha256, warnings } = resultSchema.parse(run.result)
  const figures = {
    dataset: plan.dataset,
    model: plan.model,
    preset: plan.preset,
    seed: plan.seed,
    run: run.id,
    ownScore: evaluation.score,
    steps: run.stepsDone,
    trainingSeconds: run.seconds,
    millisecondsPerImage,
    weightsSha256,
    warnings,
    scores: Object.fromEntries(kinds.map((kind) => [kind, imageFigures(session, run, kind, split)])),
    pixelAuroc: evaluation.pixelAuroc,
    aupro: evaluation.aupro,
    perDefectType: evaluation.perDefectType,
  }
  say(
    `${nameOf(plan)}: image AUROC ${evaluation.imageAuroc?.toFixed(3) ?? 'unknown'} by ${evaluation.score}, ` +
      `${(run.seconds / 60).toFixed(1)} minutes of training, ${millisecondsPerImage.toFixed(0)} ms an image`,
  )
  return figures
}

async function main(): Promise<void> {
  const split = splitSchema.parse(values.split)
  const systems = values.system ? list(values.system) : listSystems().systems.map(({ name }) => name)
  const session = benchSession(values.workspace)
  const runs: QualityRun[] = values.from.flatMap((file) => runsOf(readFileSync(file, 'utf8')))
  const failures: string[] = []
  try {
    for (const folder of values.dataset) {
      const dataset = await importedOnce(session, folder)
      for (const model of systems) {
        for (const preset of list(values.preset)) {
          for (const seed of list(values.seeds).map(Number)) {
            const plan = { dataset, model, preset, seed, set: parsedSet(values.set) }
            try {
              runs.push(await measured(session, plan, split))
            } catch (error) {
              // A table with a gap that is said is worth more than none.
              const message = error instanceof Error ? error.message : String(error)
              failures.push(`${nameOf(plan)}: ${message}`)
              say(`${nameOf(plan)}: failed: ${message}`)
            }
          }
        }
      }
    }
  } finally {
    await session.close()
  }
  const gaps = failures.map((failure) => `\n\nNot measured: ${failure}`).join('')
  const tables =
    qualityTables(
      runs,
      `Measured on ${availableParallelism()} cores of ${cpus()[0]?.model.trim() ?? 'a processor without a name'}.`,
    ) + gaps
  process.stdout.write(`${tables}\n`)
  if (values.out) {
    mkdirSync(values.out, { recursive: true })
    writeFileSync(join(values.out, 'quality.md'), `${tables}\n`)
    writeFileSync(join(values.out, 'quality.json'), `${JSON.stringify({ runs, failures }, null, 1)}\n`)
  }
  if (values.write) writeFileSync(values.write, betweenMarks(readFileSync(values.write, 'utf8'), tables))
  if (failures.length > 0) process.exitCode = 1
}

if (values.help || (values.dataset.length === 0 && values.from.length === 0)) process.stdout.write(help)
else await main()
