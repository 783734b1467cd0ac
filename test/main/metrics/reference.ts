import { readFileSync } from 'node:fs'
import { z } from 'zod'

/** The figures of scikit-learn, SciPy and NumPy that `test/reference/metrics.py` wrote. */

const numbers = z.array(z.number())
const interval = z.tuple([z.number(), z.number()])

const schema = z.object({
  classification: z.record(
    z.string(),
    z.object({
      scores: numbers,
      labels: numbers,
      auroc: z.number(),
      mannWhitney: z.number(),
      averagePrecision: z.number(),
      partialAuroc: z.record(z.string(), z.object({ standardised: z.number(), raw: z.number() })),
      roc: z.object({ fpr: numbers, tpr: numbers, thresholds: numbers }).nullable(),
      precisionRecall: z.object({ precision: numbers, recall: numbers, thresholds: numbers }).nullable(),
      bestF1: z.number(),
      confusion: z.object({
        threshold: z.number(),
        tp: z.number(),
        fp: z.number(),
        tn: z.number(),
        fn: z.number(),
      }),
    }),
  ),
  pixels: z.record(
    z.string(),
    z.object({
      images: z.array(z.object({ width: z.number(), height: z.number(), map: numbers, mask: numbers })),
      pixelAuroc: z.number(),
      aupro: z.record(z.string(), z.number()),
    }),
  ),
  components: z.array(
    z.object({
      width: z.number(),
      height: z.number(),
      mask: numbers,
      eight: z.object({ labels: numbers, areas: numbers }),
      four: z.object({ labels: numbers, areas: numbers }),
    }),
  ),
  delong: z.array(
    z.object({
      labels: numbers,
      scoresA: numbers,
      scoresB: numbers,
      a: z.number(),
      b: z.number(),
      standardErrorA: z.number(),
      standardError: z.number(),
      z: z.number(),
      p: z.number(),
      intervalA: interval,
      interval,
    }),
  ),
  bootstrap: z.object({
    sample: numbers,
    mean: z.object({ percentile: interval, BCa: interval }),
    normal: numbers,
    anomalous: numbers,
    auroc: z.object({ percentile: interval, BCa: interval }),
  }),
  wilson: z.array(z.object({ k: z.number(), n: z.number(), level: z.number(), interval })),
  percentileRank: z.object({
    reference: numbers,
    values: z.array(z.object({ value: z.number(), rank: z.number() })),
  }),
  quantile: z.object({
    values: numbers,
    quantiles: z.array(z.object({ share: z.number(), value: z.number() })),
  }),
  normal: z.object({
    tail: z.array(z.object({ x: z.number(), p: z.number() })),
    quantile: z.array(z.object({ p: z.number(), x: z.number() })),
  }),
})

const file = new URL('../../reference/metrics.json', import.meta.url)

export const reference = schema.parse(JSON.parse(readFileSync(file, 'utf8')))

/** Scores and labels of each case, with its name. */
export const classificationCases = Object.entries(reference.classification).map(([name, figures]) => ({
  name,
  ...figures,
}))
