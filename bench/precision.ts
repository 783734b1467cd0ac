/**
 * What training in bfloat16 costs in quality: for every dataset, system and seed one training in each precision, and
 * by each the error on normal validation images that the weights were kept for, and the image AUROC of defects that
 * are made on normal validation photographs. The split `test` is read once beside it and chooses nothing.
 *
 *     node bench/precision.ts --dataset ../shared/data/molded-figure --seeds 1,2,3
 *
 * On a processor without bfloat16 products are rounded as one with it rounds them (`FANOSCOPE_BFLOAT16=rounded`), which
 * takes longer than float32 and gives the same numbers but for the order of sums. Runs are kept in a workspace: what
 * was measured before is not measured again.
 */

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { hasBfloat16 } from '../src/main/engine/graph/bfloat16.ts'
import type { WantedPrecision } from '../src/main/engine/graph/precision-here.ts'
import { choiceOf, startChoice } from '../src/main/features/choosing/choosing.ts'
import { scoreOptionsOf } from '../src/main/features/runs/score-options.ts'
import { evaluateRun } from '../src/main/features/scoring/evaluation.ts'
import { startScoring } from '../src/main/features/scoring/scoring.ts'
import { isScoreKind } from '../src/main/model/scores.ts'
import type { Session } from '../src/main/session/session.ts'
import {
  benchSession,
  commonOptions,
  finished,
  importedOnce,
  list,
  type Plan,
  parsedSet,
  planOptions,
  say,
  standardWorkspace,
  trained,
} from './quality-runs.ts'
import { meanAndSpread } from './quality-tables.ts'

const help = `node bench/precision.ts [options]

  --dataset DIR     a folder to import; may be given several times
  --system LIST     systems (fanogan)
  --preset NAME     preset (quick)
  --seeds LIST      seeds (1,2,3)
  --set KEY=VALUE   a parameter other than the preset has it; may be given several times
  --scores LIST     scores that made defects are found by (ganomaly,izif,peak,texture; those that the run has)
  --workspace DIR   where runs are kept (${standardWorkspace})
  --out DIR         writes precision.md and precision.json there
`

const { values } = parseArgs({
  options: {
    ...commonOptions,
    ...planOptions,
    system: { type: 'string', default: 'fanogan' },
    scores: { type: 'string', default: 'ganomaly,izif,peak,texture' },
  },
})

const precisions: readonly WantedPrecision[] = ['float32', 'bfloat16']

interface Measured {
  dataset: string
  system: string
  seed: number
  precision: WantedPrecision
  /** The figures by their names. */
  figures: Record<string, number>
  seconds: number
}

const resultSchema = z.object({ chosen: z.object({ value: z.number() }).nullable() })

async function pair(session: Session, plan: Plan): Promise<Measured[]> {
  const both = []
  for (const precision of precisions) {
    const run = await trained(session, { ...plan, set: { ...plan.set, trainingPrecision: precision } })
    both.push({ precision, run })
  }
  const choice = startChoice(session, {
    runs: both.map(({ run }) => run.id),
    seed: 1,
    photographs: 200,
    perType: null,
  })
  await finished(session, choice, 'made defects')
  const { options } = choiceOf(session.workspace, choice)
  const measured: Measured[] = []
  for (const { precision, run } of both) {
    await finished(
      session,
      startScoring(session, { run: run.id, split: 'test', again: false }).job,
      'scoring',
    )
    const figures: Record<string, number> = {}
    const { chosen } = resultSchema.parse(run.result)
    if (chosen !== null) figures['validation error'] = chosen.value
    for (const score of list(values.scores).filter(isScoreKind)) {
      const made = options.find((option) => {
        if (option.run !== run.id || option.score !== score) return false
        const { k, reduction } = scoreOptionsOf(run, score)
        return option.k === k && option.reduction === reduction
      })
      if (made === undefined) continue
      figures[`made, \`${score}\``] = made.made
      const { imageAuroc } = await evaluateRun(session.workspace, {
        run: run.id,
        score,
        split: 'test',
      })
      if (imageAuroc !== null) figures[`\`test\`, \`${score}\``] = imageAuroc
    }
    measured.push({
      dataset: plan.dataset,
      system: plan.model,
      seed: plan.seed,
      precision,
      figures,
      seconds: run.seconds,
    })
    const told = Object.entries(figures).map(([name, value]) => `${name} ${value.toPrecision(4)}`)
    say(`${plan.dataset} ${plan.model} seed ${plan.seed} ${precision}: ${told.join(', ')}`)
  }
  return measured
}

/** Means over the seeds, and of the differences of one seed. */
function tables(all: readonly Measured[]): string {
  const groups = new Map<string, Measured[]>()
  for (const one of all) {
    const key = `${one.dataset}, ${one.system}`
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  return [...groups]
    .map(([key, runs]) => {
      const seeds = [...new Set(runs.map(({ seed }) => seed))]
      const of = (precision: WantedPrecision, seed: number, name: string): number | null =>
        runs.find((run) => run.seed === seed && run.precision === precision)?.figures[name] ?? null
      const names = [...new Set(runs.flatMap(({ figures }) => Object.keys(figures)))]
      const rows = names.map((name) => {
        const digits = name.startsWith('validation') ? 4 : 3
        const [full, low] = precisions.map((precision) => seeds.map((seed) => of(precision, seed, name)))
        const differences = seeds.map((_, i) => {
          const [a, b] = [full?.[i] ?? null, low?.[i] ?? null]
          return a === null || b === null ? null : b - a
        })
        return `| ${[name, ...[full, low, differences].map((figures) => meanAndSpread(figures ?? [], digits))].join(' | ')} |`
      })
      return [`| ${key} | float32 | bfloat16 | difference |`, '| --- | --- | --- | --- |', ...rows].join('\n')
    })
    .join('\n\n')
}

async function main(): Promise<void> {
  if (!hasBfloat16()) process.env.FANOSCOPE_BFLOAT16 = 'rounded'
  const session = benchSession(values.workspace)
  const all: Measured[] = []
  try {
    for (const folder of values.dataset) {
      const dataset = await importedOnce(session, folder)
      for (const model of list(values.system)) {
        for (const seed of list(values.seeds).map(Number)) {
          const plan = { dataset, model, preset: values.preset, seed, set: parsedSet(values.set) }
          all.push(...(await pair(session, plan)))
          if (values.out) {
            mkdirSync(values.out, { recursive: true })
            writeFileSync(join(values.out, 'precision.json'), `${JSON.stringify(all, null, 1)}\n`)
            writeFileSync(join(values.out, 'precision.md'), `${tables(all)}\n`)
          }
        }
      }
    }
  } finally {
    await session.close()
  }
  process.stdout.write(`${tables(all)}\n`)
}

if (values.help || values.dataset.length === 0) process.stdout.write(help)
else await main()
