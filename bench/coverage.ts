/**
 * `node bench/coverage.ts [--sets 500]`: how often each 95 % interval of the thresholds screen holds the truth, over
 * simulated validation sets. The scores are normal distributions, of good parts with mean 0 and of defects with mean
 * 2, so that every true figure is known. Bar: 93 to 97 %.
 */
import { parseArgs } from 'node:util'
import { chooseThreshold } from '../src/main/features/thresholds/choose.ts'
import { f1, precision, share } from '../src/main/features/thresholds/figures.ts'
import type { Target } from '../src/main/features/thresholds/target.ts'
import { resampledAuroc } from '../src/main/metrics/auroc.ts'
import { bootstrap } from '../src/main/metrics/bootstrap.ts'
import { confusion } from '../src/main/metrics/confusion.ts'
import { delongInterval } from '../src/main/metrics/delong.ts'
import { normalQuantile, normalTail } from '../src/main/metrics/normal-distribution.ts'
import { createRandom } from '../src/main/platform/random.ts'

type Ends = { low: number | null; high: number | null } | null

const { values: options } = parseArgs({ options: { sets: { type: 'string', default: '500' } } })
const sets = Number(options.sets)
const distance = 2
const threshold = 1
const recall = 1 - normalTail(distance - threshold)
const falseRejects = normalTail(threshold)

/** Where a figure of the threshold is best, to a millionth. */
function best(merit: (threshold: number) => number): number {
  let [low, high] = [-4, 6]
  while (high - low > 1e-6) {
    const [a, b] = [low + (high - low) / 3, high - (high - low) / 3]
    if (merit(a) < merit(b)) low = a
    else high = b
  }
  return low
}

interface Interval {
  name: string
  truth: number
  of(scores: Float64Array, labels: Uint8Array): Ends
}

function intervalsFor(normals: number, defects: number): Interval[] {
  const totals = { normal: normals, anomalous: defects }
  const counted =
    (figure: (counts: ReturnType<typeof confusion>) => Ends): Interval['of'] =>
    (scores, labels) =>
      figure(confusion(scores, labels, threshold))
  const target = (name: string, truth: number, asked: Target): Interval => ({
    name,
    truth,
    of: (scores, labels) => chooseThreshold(scores, labels, asked).interval,
  })
  const hits = (at: number): number => defects * (1 - normalTail(distance - at))
  const alarms = (at: number): number => normals * normalTail(at)
  const flagged = recall * defects + falseRejects * normals
  return [
    {
      name: 'recall (Wilson)',
      truth: recall,
      of: counted(({ truePositives }) => share(truePositives, defects)),
    },
    {
      name: 'escapes (Wilson)',
      truth: 1 - recall,
      of: counted(({ truePositives }) => share(defects - truePositives, defects)),
    },
    {
      name: 'false-reject rate (Wilson)',
      truth: falseRejects,
      of: counted(({ falsePositives }) => share(falsePositives, normals)),
    },
    {
      name: 'precision (joined from recall and false rejects)',
      truth: (recall * defects) / flagged,
      of: counted(({ truePositives, falsePositives }) => precision(truePositives, falsePositives, totals)),
    },
    {
      name: 'F1 (joined from recall and false rejects)',
      truth: (2 * recall * defects) / (flagged + defects),
      of: counted(({ truePositives, falsePositives }) => f1(truePositives, falsePositives, totals)),
    },
    { name: 'AUROC (DeLong)', truth: 1 - normalTail(distance / Math.SQRT2), of: delongInterval },
    {
      name: 'AUROC (stratified bootstrap, BCa)',
      truth: 1 - normalTail(distance / Math.SQRT2),
      of: (scores, labels) =>
        bootstrap({
          random: createRandom(7),
          strata: labels,
          statistic: resampledAuroc(scores, labels),
          replicates: 400,
        }),
    },
    target('threshold at 10 % false rejects (order statistics)', normalQuantile(0.9), {
      kind: 'fpr',
      share: 0.1,
    }),
    target('threshold at 80 % recall (order statistics)', distance - normalQuantile(0.8), {
      kind: 'recall',
      share: 0.8,
    }),
    target('threshold at percentile 90 (order statistics)', normalQuantile(0.9), {
      kind: 'percentile',
      percentile: 90,
    }),
    target(
      'threshold of the best F1',
      best((at) => (2 * hits(at)) / (hits(at) + alarms(at) + defects)),
      { kind: 'f1' },
    ),
    target(
      'threshold of the least cost 1:5',
      best((at) => -(alarms(at) + 5 * (defects - hits(at)))),
      { kind: 'cost', falseReject: 1, escape: 5 },
    ),
  ]
}

for (const [normals, defects] of [
  [200, 60],
  [1000, 100],
] as const) {
  const labels = Uint8Array.from({ length: normals + defects }, (_, i) => (i < normals ? 0 : 1))
  const random = createRandom(20)
  const samples = Array.from({ length: sets }, () =>
    Float64Array.from(labels, (label) => random.normal() + distance * label),
  )
  process.stdout.write(`${sets} validation sets of ${normals} good parts and ${defects} defects\n`)
  for (const { name, truth, of } of intervalsFor(normals, defects)) {
    let held = 0
    for (const scores of samples) {
      const found = of(scores, labels)
      if (found && (found.low ?? 1) <= truth && truth <= (found.high ?? 0)) held++
    }
    const percent = (100 * held) / sets
    const verdict = percent >= 93 && percent <= 97 ? 'met' : 'missed'
    process.stdout.write(`  ${name.padEnd(52)} ${percent.toFixed(1).padStart(5)} %  ${verdict}\n`)
  }
}
