import { expect, it } from 'vitest'
import { drawBinomial } from '../../../src/main/metrics/binomial.ts'
import { createRandom } from '../../../src/main/platform/random.ts'

/** The probability of each number of successes, by its recurrence from the mode on. */
function probabilities(n: number, p: number): Float64Array {
  const mode = Math.floor((n + 1) * p)
  const weights = new Float64Array(n + 1)
  weights[mode] = 1
  for (let k = mode; k < n; k++) weights[k + 1] = ((weights[k] ?? 0) * (n - k) * p) / ((k + 1) * (1 - p))
  for (let k = mode; k > 0; k--) weights[k - 1] = ((weights[k] ?? 0) * k * (1 - p)) / ((n - k + 1) * p)
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return weights.map((weight) => weight / sum)
}

it.each([
  [20, 0.1],
  [400, 0.01],
  [100, 0.3],
  [100, 0.8],
  [2000, 0.4],
])('%i trials at %d succeed as often as the formula says (chi squared)', (n, p) => {
  const random = createRandom(3)
  const draws = 20_000
  const counts = new Uint32Array(n + 1)
  for (let i = 0; i < draws; i++) {
    const k = drawBinomial(random, n, p)
    counts[k] = (counts[k] ?? 0) + 1
  }
  const cells: { expected: number; found: number }[] = [{ expected: 0, found: 0 }]
  for (const [k, probability] of probabilities(n, p).entries()) {
    const last = cells.at(-1)
    if (last === undefined) break
    last.expected += draws * probability
    last.found += counts[k] ?? 0
    if (last.expected >= 20) cells.push({ expected: 0, found: 0 })
  }
  // What is left at the end is too little for a cell of its own.
  const rest = cells.pop()
  const final = cells.at(-1)
  if (rest && final) {
    final.expected += rest.expected
    final.found += rest.found
  }
  const chi = cells.reduce((sum, { expected, found }) => sum + (found - expected) ** 2 / expected, 0)
  const degrees = cells.length - 1
  // Wilson and Hilferty: the 99.9th percentile of chi squared.
  const most = degrees * (1 - 2 / (9 * degrees) + 3.09 * Math.sqrt(2 / (9 * degrees))) ** 3
  expect(chi).toBeLessThan(most)
})

it('no trial succeeds without a chance, and all with certainty', () => {
  const random = createRandom(1)
  expect([drawBinomial(random, 0, 0.5), drawBinomial(random, 9, 0), drawBinomial(random, 9, 1)]).toEqual([
    0, 0, 9,
  ])
})
