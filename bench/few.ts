/**
 * How well few good photographs are enough: so many are drawn of a dataset's good ones for each seed and imported as a
 * dataset of their own, a system is trained on them, and its own score is measured on photographs that have no part in
 * it: the split `test` of a folder that has one, else all others.
 *
 *     node bench/few.ts --dataset ../shared/data/magnetic-tile --count 10,100 [--seeds 1,2,3] [--system memory]
 *                       [--preset quick] [--set KEY=VALUE] [--workspace DIR]
 *
 * Runs are kept in the workspace. Prints one JSON document.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { evaluateRun } from '../src/main/features/scoring/evaluation.ts'
import { startScoring } from '../src/main/features/scoring/scoring.ts'
import { createRandom } from '../src/main/platform/random.ts'
import { datasetByName } from '../src/main/store/datasets.ts'
import {
  benchSession,
  commonOptions,
  finished,
  importedOnce,
  list,
  parsedSet,
  planOptions,
  trained,
} from './quality-runs.ts'

const { values } = parseArgs({
  options: {
    ...commonOptions,
    ...planOptions,
    system: { type: 'string', default: 'memory' },
    count: { type: 'string', default: '10' },
  },
})

/** A folder with some good photographs for training, and all for test, in the layout of MVTec AD. */
function fewOf(folder: string, { count, seed, to }: { count: number; seed: number; to: string }): void {
  const hasSplit = existsSync(join(folder, 'train', 'good'))
  const from = join(folder, hasSplit ? 'train/good' : 'normal')
  const files = createRandom(seed, `few ${count}`).shuffle(readdirSync(from).sort())
  const copy = (of: string, names: readonly string[], into: string): void => {
    mkdirSync(join(to, into), { recursive: true })
    for (const name of names) cpSync(join(of, name), join(to, into, name))
  }
  copy(from, files.slice(0, count), 'train/good')
  if (hasSplit) {
    cpSync(join(folder, 'test'), join(to, 'test'), { recursive: true })
    return
  }
  copy(from, files.slice(count), 'test/good')
  const defective = join(folder, 'anomaly')
  copy(defective, readdirSync(defective), 'test/anomaly')
}

const session = benchSession(values.workspace)
const rows = []
try {
  for (const folder of values.dataset) {
    for (const count of list(values.count).map(Number)) {
      const aurocs: number[] = []
      for (const seed of list(values.seeds).map(Number)) {
        const dataset = `${basename(resolve(folder))}-${count}-${seed}`
        const temporary = mkdtempSync(join(tmpdir(), 'fanoscope-few-'))
        try {
          if (!datasetByName(session.workspace.db, dataset)) {
            const to = join(temporary, dataset)
            fewOf(resolve(folder), { count, seed, to })
            await importedOnce(session, to)
          }
        } finally {
          rmSync(temporary, { recursive: true })
        }
        const plan = {
          dataset,
          model: values.system,
          preset: values.preset,
          seed,
          set: parsedSet(values.set),
        }
        const run = await trained(session, plan)
        await finished(
          session,
          startScoring(session, { run: run.id, split: 'test', again: false }).job,
          'scoring',
        )
        const { imageAuroc } = await evaluateRun(session.workspace, {
          run: run.id,
          score: null,
          split: 'test',
        })
        aurocs.push(imageAuroc ?? Number.NaN)
      }
      const mean = aurocs.reduce((sum, value) => sum + value, 0) / aurocs.length
      rows.push({
        dataset: basename(resolve(folder)),
        system: values.system,
        count,
        imageAuroc: mean,
        seeds: aurocs,
      })
    }
  }
} finally {
  await session.close()
}
process.stdout.write(`${JSON.stringify(rows, null, 1)}\n`)
