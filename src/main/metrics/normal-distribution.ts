/**
 * P(Z > x) for a standard normal Z, to about 1e-13 relative: the Kummer series of erf near the middle and
 * Lentz's continued fraction of erfc in the tails (Abramowitz and Stegun 7.1.6 and 7.1.14).
 */
export function normalTail(x: number): number {
  if (x < 0) return 1 - normalTail(-x)
  const t = x / Math.SQRT2
  if (t < 2) {
    let term = t
    let sum = t
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= (2 * t * t) / (2 * n + 1)
      sum += term
    }
    return 0.5 - (Math.exp(-t * t) / Math.sqrt(Math.PI)) * sum
  }
  // erfc(t) = exp(-t^2) / sqrt(pi) * 1 / (t + (1/2) / (t + 1 / (t + (3/2) / (t + ...))))
  let fraction = t
  for (let n = 160; n >= 1; n--) fraction = t + n / 2 / fraction
  return Math.exp(-t * t) / (2 * Math.sqrt(Math.PI) * fraction)
}

/** The x with P(Z <= x) = p, for p in (0, 1): Newton's method with Halley's correction on normalTail. */
export function normalQuantile(p: number): number {
  if (p > 0.5) return -normalQuantile(1 - p)
  if (p <= 0) return Number.NEGATIVE_INFINITY
  if (p === 0.5) return 0
  // Starting value with an error below 4.5e-4 (Abramowitz and Stegun 26.2.23); x is of the upper tail here.
  const t = Math.sqrt(-2 * Math.log(p))
  let x =
    t -
    (2.515517 + 0.802853 * t + 0.010328 * t * t) /
      (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t * t * t)
  for (let step = 0; step < 3; step++) {
    const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)
    const error = (normalTail(x) - p) / density
    x += error / (1 - (x * error) / 2)
  }
  return -x
}
