/** Draws from the binomial distribution. */
import type { Random } from '../platform/random.ts'

/** How many of `n` trials succeed, each with probability `p`; exact, in a time that does not grow with n. */
export function drawBinomial(random: Random, n: number, p: number): number {
  if (n <= 0 || p <= 0) return 0
  if (p >= 1) return n
  if (p > 0.5) return n - drawBinomial(random, n, 1 - p)
  return n * p < 10 ? byInversion(random, n, p) : byRejection(random, n, p)
}

/** Inversion: adds up the probabilities from 0 successes on until they exceed a uniform number. */
function byInversion(random: Random, n: number, p: number): number {
  const odds = p / (1 - p)
  const none = (1 - p) ** n
  for (;;) {
    let left = random.uniform()
    let probability = none
    for (let k = 0; k <= n; k++) {
      if (left <= probability) return k
      left -= probability
      probability *= ((n - k) / (k + 1)) * odds
    }
    // Rounding left a remainder beyond the last term.
  }
}

/** Differences between log(k!) and Stirling's formula, for k from 0 on. */
const stirlingTails = [
  0.0810614667953272, 0.0413406959554092, 0.0276779256849983, 0.020790672103765, 0.0166446911898211,
  0.0138761288230707, 0.0118967099458917, 0.010411265261972, 0.00925546218271273, 0.00833056343336287,
]
function stirlingTail(k: number): number {
  const known = stirlingTails[k]
  if (known !== undefined) return known
  const squared = (k + 1) ** 2
  return (1 / 12 - (1 / 360 - 1 / 1260 / squared) / squared) / (k + 1)
}

/** Hormann, "The generation of binomial random variates", 1993, algorithm BTRS; n p must be 10 or more, p at most 0.5. */
function byRejection(random: Random, n: number, p: number): number {
  const spread = Math.sqrt(n * p * (1 - p))
  const b = 1.15 + 2.53 * spread
  const a = -0.0873 + 0.0248 * b + 0.01 * p
  const c = n * p + 0.5
  const odds = p / (1 - p)
  const alpha = (2.83 + 5.1 / b) * spread
  const mode = Math.floor((n + 1) * p)
  const surely = 0.92 - 4.2 / b
  for (;;) {
    const u = random.uniform() - 0.5
    const v = random.uniform()
    const us = 0.5 - Math.abs(u)
    const k = Math.floor(((2 * a) / us + b) * u + c)
    if (us >= 0.07 && v <= surely) return k
    if (k < 0 || k > n) continue
    const height = Math.log((v * alpha) / (a / (us * us) + b))
    const bound =
      (mode + 0.5) * Math.log((mode + 1) / (odds * (n - mode + 1))) +
      (n + 1) * Math.log((n - mode + 1) / (n - k + 1)) +
      (k + 0.5) * Math.log((odds * (n - k + 1)) / (k + 1)) +
      stirlingTail(mode) +
      stirlingTail(n - mode) -
      stirlingTail(k) -
      stirlingTail(n - k)
    if (height <= bound) return k
  }
}
