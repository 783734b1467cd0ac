import { describe, expect, it } from 'vitest'
import { auroc, resampledAuroc } from '../../../src/main/metrics/auroc.ts'
import { bootstrap } from '../../../src/main/metrics/bootstrap.ts'
import { delongDifference, delongInterval } from '../../../src/main/metrics/delong.ts'
import { normalQuantile, normalTail } from '../../../src/main/metrics/normal-distribution.ts'
import { percentileRank } from '../../../src/main/metrics/percentile-rank.ts'
import { quantile } from '../../../src/main/metrics/quantile.ts'
import { wilson } from '../../../src/main/metrics/wilson.ts'
import { createRandom } from '../../../src/main/platform/random.ts'
import { reference } from './reference.ts'

describe('Wilson’s interval', () => {
  it.each(reference.wilson)('of $k out of $n at $level is SciPy’s', ({ k, n, level, interval }) => {
    const found = wilson(k, n, level)
    expect(found?.low).toBeCloseTo(interval[0], 12)
    expect(found?.high).toBeCloseTo(interval[1], 12)
  })

  it('does not exist without a trial', () => {
    expect(wilson(0, 0)).toBeNull()
  })

  it.each([
    [2, 1],
    [-1, 4],
    [0.5, 4],
  ])('is refused for %d out of %d', (k, n) => {
    expect(() => wilson(k, n)).toThrow(expect.objectContaining({ code: 'metrics-argument' }))
  })
})

describe('the normal distribution', () => {
  it('has SciPy’s tails', () => {
    for (const { x, p } of reference.normal.tail) expect(normalTail(x) / p, `x = ${x}`).toBeCloseTo(1, 11)
  })

  it('has SciPy’s quantiles', () => {
    for (const { p, x } of reference.normal.quantile) {
      expect(Math.abs(normalQuantile(p) - x), `p = ${p}`).toBeLessThan(1e-7 * Math.max(1e-4, 1 - p))
    }
  })
})

describe('quantiles and ranks', () => {
  const { values, quantiles } = reference.quantile
  it.each(quantiles)('the quantile at $share is NumPy’s', ({ share, value }) => {
    expect(quantile(values, share)).toBeCloseTo(value, 12)
  })

  it.each(reference.percentileRank.values)('the rank of $value is SciPy’s', ({ value, rank }) => {
    expect(percentileRank(reference.percentileRank.reference, value)).toBeCloseTo(rank, 10)
  })

  it('do not exist without values', () => {
    expect(quantile([], 0.5)).toBeNull()
    expect(percentileRank([], 1)).toBeNull()
  })

  it('of infinite values are no less than infinite', () => {
    expect(quantile([0, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY], 0.9)).toBe(
      Number.POSITIVE_INFINITY,
    )
  })
})

describe.each(reference.delong)('DeLong’s test, case %#', ({ labels, scoresA, scoresB, ...expected }) => {
  it('has the variance of its definition over all pairs', () => {
    const one = delongInterval(scoresA, labels)
    expect(one?.auroc).toBeCloseTo(expected.a, 12)
    expect(one?.standardError).toBeCloseTo(expected.standardErrorA, 12)
    expect(one?.low).toBeCloseTo(expected.intervalA[0], 10)
    expect(one?.high).toBeCloseTo(expected.intervalA[1], 10)
  })

  it('compares two systems on the same items', () => {
    const found = delongDifference(scoresA, scoresB, labels)
    expect(found?.a).toBeCloseTo(expected.a, 12)
    expect(found?.b).toBeCloseTo(expected.b, 12)
    expect(found?.difference).toBeCloseTo(expected.b - expected.a, 12)
    expect(found?.standardError).toBeCloseTo(expected.standardError, 12)
    expect(found?.z).toBeCloseTo(expected.z, 9)
    expect(found?.p).toBeCloseTo(expected.p, 10)
    expect(found?.low).toBeCloseTo(expected.interval[0], 10)
    expect(found?.high).toBeCloseTo(expected.interval[1], 10)
  })
})

describe('DeLong’s test', () => {
  it('finds no difference between a system and itself, nor between rankings that agree', () => {
    const scores = [1, 5, 2, 8, 3, 9]
    const labels = [0, 0, 0, 1, 1, 1]
    for (const other of [scores, scores.map((score) => 2 * score - 1)]) {
      expect(delongDifference(scores, other, labels)).toMatchObject({
        difference: 0,
        standardError: 0,
        z: null,
        p: null,
        low: 0,
        high: 0,
      })
    }
  })

  it('does not take a perfect result on few items for certain', () => {
    const labels = [0, 0, 0, 0, 1, 1, 1]
    const perfect = delongInterval([1, 2, 3, 4, 5, 6, 7], labels)
    // 1 - 0.05^(1/3)
    expect(perfect).toMatchObject({ auroc: 1, high: 1, standardError: 0 })
    expect(perfect?.low).toBeCloseTo(0.05 ** (1 / 3), 12)
    const inverted = delongInterval([7, 6, 5, 4, 3, 2, 1], labels)
    expect(inverted).toMatchObject({ auroc: 0, low: 0 })
    expect(inverted?.high).toBeCloseTo(1 - 0.05 ** (1 / 3), 12)
  })

  it('needs two items of each class', () => {
    expect(delongInterval([1, 2, 3], [0, 0, 1])).toBeNull()
    expect(delongDifference([1, 2, 3], [1, 2, 3], [0, 1, 1])).toBeNull()
  })
})

describe('the bootstrap', () => {
  const { sample, normal, anomalous, ...expected } = reference.bootstrap
  const scores = [...normal, ...anomalous]
  const labels = scores.map((_, i) => (i < normal.length ? 0 : 1))
  const mean = (counts: Uint32Array): number => {
    let sum = 0
    let drawn = 0
    for (const [i, value] of sample.entries()) {
      sum += value * (counts[i] ?? 0)
      drawn += counts[i] ?? 0
    }
    return sum / drawn
  }

  it.each([
    ['percentile', expected.mean.percentile],
    ['bca', expected.mean.BCa],
  ] as const)(
    'gives SciPy’s %s interval of a mean, within what 20,000 draws can differ',
    (method, interval) => {
      const strata = sample.map(() => 0)
      const found = bootstrap({
        random: createRandom(1),
        strata,
        statistic: mean,
        replicates: 20_000,
        method,
      })
      expect(found?.value).toBeCloseTo(sample.reduce((sum, value) => sum + value, 0) / sample.length, 12)
      expect(Math.abs((found?.low ?? 0) - interval[0])).toBeLessThan(0.01)
      expect(Math.abs((found?.high ?? 0) - interval[1])).toBeLessThan(0.01)
    },
  )

  it.each([
    ['percentile', expected.auroc.percentile],
    ['bca', expected.auroc.BCa],
  ] as const)(
    'gives SciPy’s %s interval of an AUROC with both classes resampled apart',
    (method, interval) => {
      const statistic = resampledAuroc(scores, labels)
      const found = bootstrap({
        random: createRandom(2),
        strata: labels,
        statistic,
        replicates: 20_000,
        method,
      })
      expect(found?.value).toBe(auroc(scores, labels))
      expect(Math.abs((found?.low ?? 0) - interval[0])).toBeLessThan(0.005)
      expect(Math.abs((found?.high ?? 0) - interval[1])).toBeLessThan(0.005)
    },
  )

  it('keeps the size of every stratum in every draw', () => {
    const strata = [0, 1, 1, 2, 2, 2, 0, 1]
    const sizes = new Set<string>()
    bootstrap({
      random: createRandom(3),
      strata,
      replicates: 50,
      method: 'percentile',
      statistic: (counts) => {
        const drawn = [0, 0, 0]
        for (const [i, stratum] of strata.entries()) drawn[stratum] = (drawn[stratum] ?? 0) + (counts[i] ?? 0)
        sizes.add(drawn.join())
        return 1
      },
    })
    expect([...sizes]).toEqual(['2,3,3'])
  })

  it('pairs two systems by drawing the same items for both', () => {
    const better = scores.map((score, i) => score + 0.8 * (labels[i] ?? 0))
    const a = resampledAuroc(scores, labels)
    const b = resampledAuroc(better, labels)
    const statistic = (counts: Uint32Array) => (b(counts) ?? 0) - (a(counts) ?? 0)
    const paired = bootstrap({ random: createRandom(5), strata: labels, statistic })
    const tested = delongDifference(scores, better, labels)
    expect(paired?.value).toBeCloseTo(tested?.difference ?? Number.NaN, 12)
    const width = (paired?.high ?? 0) - (paired?.low ?? 0)
    expect(width / ((tested?.high ?? 0) - (tested?.low ?? 0))).toBeGreaterThan(0.8)
    expect(width / ((tested?.high ?? 0) - (tested?.low ?? 0))).toBeLessThan(1.2)
  })

  it('draws the same from the same seed', () => {
    const run = (seed: number) =>
      bootstrap({
        random: createRandom(seed),
        strata: labels,
        statistic: resampledAuroc(scores, labels),
        replicates: 200,
      })
    expect(run(9)).toEqual(run(9))
    expect(run(9)).not.toEqual(run(10))
  })

  it('has no interval where there is no figure', () => {
    const statistic = resampledAuroc([1, 2], [1, 1])
    expect(bootstrap({ random: createRandom(1), strata: [1, 1], statistic })).toBeNull()
  })
})
